"""Shows that check_includes.py finds what it forbids, in trees made for the purpose."""
import pathlib
import tempfile
import unittest

from check_includes import check_tree, read_layers

LAYERS = """
low:
middle: low
top:    low middle/interface.h
main:   everything
framework/core:
"""


class CheckIncludes(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)

    def layers(self, text=LAYERS):
        (self.root / "layers.txt").write_text(text)
        return read_layers(self.root / "layers.txt")

    def violations(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        count, found = check_tree(self.root, self.layers())
        self.assertEqual(count, 1)
        return found

    def expect(self, path, text, message):
        found = self.violations(path, text)
        self.assertEqual(len(found), 1, found)
        self.assertIn(message, found[0])

    def test_allows_what_the_table_allows(self):
        own = '#include "top/own.h"\n#include "low/deep/a.h"\n#include "middle/interface.h"\n#include <vector>\n'
        self.assertEqual(self.violations("top/a.cpp", own), [])

    def test_everything_means_the_rows_above(self):
        self.assertEqual(self.violations("main/a.cpp", '#include "top/a.h"\n#include "middle/b.h"\n'), [])

    def test_forbids_a_folder_above(self):
        self.expect("low/a.cpp", '\n#include "middle/b.h"\n', 'low/a.cpp:2: low may not include "middle/b.h"; it may include low')

    def test_forbids_the_rest_of_a_folder_with_one_allowed_header(self):
        self.expect("top/a.cpp", '#include "middle/plug_in.h"\n', 'top may not include "middle/plug_in.h"')

    def test_sees_an_include_with_spaces(self):
        self.expect("low/a.cu", '  # include   "main/b.h"\n', "low may not include")

    def test_forbids_a_path_that_is_not_from_the_root(self):
        self.expect("low/a.cpp", '#include "b.h"\n', '"b.h" is not a path from the root')

    def test_forbids_angle_brackets_for_the_project(self):
        self.expect("top/a.cpp", "#include <low/a.h>\n", "is included with quotes")

    def test_asks_for_a_row_for_a_new_folder(self):
        self.expect("framework/fresh/a.cpp", "", "has no row")

    def test_asks_for_pragma_once(self):
        self.expect("low/a.h", "// #pragma once\n", "a header starts with '#pragma once'")

    def test_forbids_torch_torch_everywhere(self):
        for path in ("main/a.cpp", "tests/low/a_test.cpp"):
            with self.subTest(path):
                self.setUp()
                self.expect(path, "#include <torch/torch.h>\n", "torch/torch.h costs")

    def test_forbids_torch_in_core_and_in_cuda_sources(self):
        self.expect("framework/core/a.cpp", "#include <ATen/core/Tensor.h>\n", "framework/core is free of torch")
        self.setUp()
        self.expect("main/a.cu", "#include <c10/cuda/CUDAStream.h>\n", "CUDA sources take raw pointers")

    def test_the_table_has_no_cycles_and_no_second_rows(self):
        for text, message in (("a: b\nb:\n", "a names b, which no row above it holds"), ("a:\na:\n", "a second row for a")):
            with self.subTest(text), self.assertRaisesRegex(SystemExit, message):
                self.layers(text)


if __name__ == "__main__":
    unittest.main()
