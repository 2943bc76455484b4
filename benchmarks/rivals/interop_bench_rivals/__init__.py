from . import edi, probes
