import unittest

from ..addresses import is_public


class Addresses(unittest.TestCase):
    def test_everybodys(self):
        for address in ("8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808"):
            self.assertTrue(is_public(address), address)

    def test_our_own_house_in_all_its_spellings(self):
        for address in (
            "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
            "224.0.0.1", "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
            "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:a00:1::", "2002:7f00:1::1",
            "2001:0:a00:1::1",
        ):  # fmt: skip
            self.assertFalse(is_public(address), address)

    def test_what_is_no_address(self):
        for text in ("", "localhost", "1.2.3", "0x7f.1", "127.1", "a:b", "8.8.8.8/32", "８.8.8.8"):
            self.assertFalse(is_public(text), text)
