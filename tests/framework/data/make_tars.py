#!/usr/bin/env python3
"""Writes tar archives in every format that Python's tarfile knows, for the automatic tests: make_tars.py FOLDER"""
import io
import sys
import tarfile

LONG = "a_folder_with_a_long_name_" * 3 + "/" + "a_file_with_a_long_name_" * 3 + ".jpg"
VERY_LONG = "x" * 300 + ".json"
UNICODE = "folder/kleid_\u00fc\u4e2d.json"


def main():
    formats = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}
    for name, kind in formats.items():
        with tarfile.open(f"{sys.argv[1]}/{name}.tar", "w", format=kind) as tar:
            for member in ["0001.jpg", "folder/0001.json", LONG] + ([] if name == "ustar" else [VERY_LONG, UNICODE]):
                data = member.encode() * 40
                info = tarfile.TarInfo(member)
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
            for member, type_ in [("a_folder", tarfile.DIRTYPE), ("a_link", tarfile.SYMTYPE), ("another_link", tarfile.LNKTYPE)]:
                info = tarfile.TarInfo(member)
                info.type, info.linkname = type_, "0001.jpg"
                tar.addfile(info)
            info = tarfile.TarInfo("empty.json")
            tar.addfile(info)


main()
