"""Rates a page as a person would, by keys, in a real browser, and hands the export back to twinset.

    rating_page_test.py TWINSET [SCREENSHOTS]
"""
import io
import json
import pathlib
import subprocess
import sys
import tarfile
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "testing"))
from browser import Browser, require_browser  # noqa: E402
from pictures import png  # noqa: E402


def write_inputs(folder):
    with tarfile.open(folder / "shop.tar", "w") as tar:
        for i in range(24):
            record = json.dumps({"id": str(i), "title": f"product {i}"}).encode()
            for name, content in ((f"{i}.png", png(24, 24, (i * 10, 90, 255 - i * 10))), (f"{i}.json", record)):
                info = tarfile.TarInfo(name)
                info.size = len(content)
                tar.addfile(info, io.BytesIO(content))
    for system, first in (("log", 0), ("model", 12)):
        with open(folder / f"{system}.jsonl", "w") as file:
            for title, number in (("black midi dress", 10), ("\"wide\" <b>jeans</b> & more", 3)):
                collection = {"title": title, "attributes": {"colour": "black"}, "products": [str(first + i) for i in range(number)]}
                file.write(json.dumps(collection) + "\n")


def rate(page, rater):
    """Everything under the first collection satisfies, but the third product; the last of each collection cannot be told."""
    page.run("document.getElementById('rater').focus()")
    page.type(rater)
    page.press("Enter")
    items = page.run("data.items.map(i => i.products.length)")
    for index, number in enumerate(items):
        for picture in range(number - 1):
            page.press("n" if picture == 2 else "y")
        page.press("u")
        if index + 1 < len(items):
            page.press("Enter")


def main():
    require_browser()
    twinset = sys.argv[1]
    screenshots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_inputs(folder)
        systems = [f"log={folder}/log.jsonl", f"model={folder}/model.jsonl"]
        subprocess.run([twinset, "judge", *systems, f"page={folder}/page", f"images={folder}/shop.tar"], check=True)
        with Browser() as page:
            page.open(folder / "page" / "rate.html")
            if screenshots:
                page.screenshot(screenshots / "rating_start.png")
            rate(page, "Anna B.")
            assert page.broken_images() == 0
            assert page.run("document.images.length") in (3, 10)
            assert page.run("document.querySelectorAll('b').length") == 0, "a title is text, not markup"
            assert "4 of 4, 4 rated" in page.run("document.getElementById('place').textContent")
            if screenshots:
                page.run("state.item = state.picture = 0, show()")
                page.screenshot(screenshots / "rating.png")
                page.resize(420, 900)
                page.screenshot(screenshots / "rating_narrow.png")
                page.resize(1200, 900)
            first = page.run("exported()")
            # Everything is still there after the page was closed.
            page.open(folder / "page" / "rate.html")
            page.run("document.getElementById('rater').focus()")
            page.type("Anna B.")
            page.press("Enter")
            assert json.loads(page.run("exported()"))["verdicts"] == json.loads(first)["verdicts"]
            # A digit chooses, Backspace goes back, another answer replaces the first.
            page.run("state.item = state.picture = 0, show()")
            page.press("2")
            page.press("n")
            page.press("Backspace")
            page.press("y")
            assert page.run("verdicts()[1]") is True
            # The button makes a file.
            page.run("URL.createObjectURL = blob => (window.exportedBlob = blob, 'blob:test')")
            page.run("HTMLAnchorElement.prototype.click = function() { window.exportedName = this.download; }")
            page.press("e")
            assert page.run("window.exportedName") == "ratings-Anna_B_.json"
            export = page.run("window.exportedBlob.text()")
            assert page.errors == [], page.errors
            assert len(page.requests) == 1, page.requests
        (folder / "anna.json").write_text(export)
        (folder / "bert.json").write_text(export.replace("Anna B.", "Bert"))
        judged = subprocess.run([twinset, "judge", *systems, f"ratings={folder}/anna.json,{folder}/bert.json", f"key={folder}/page/key.json"],
                                check=True, capture_output=True, text=True).stdout
        # Of 10 pictures 8 satisfy, 1 does not, 1 is unknown: 8/9. Of 3: 2 satisfy or 1 of 2: picture 3 is the last, so 2/2.
        assert f"{(8 / 9 + 1) / 2:.3f}" in judged, judged
        assert "Cohen's kappa of Anna B., Bert" in judged, judged
    print("ok")


if __name__ == "__main__":
    main()
