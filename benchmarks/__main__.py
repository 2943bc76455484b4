"""`./dev bench`: how fast, at what cost, and what was lost, beside the floor and what people use instead."""

from benchmarks.speed import main

main.main()
