"""Makes a small sweep's report and looks at it in a real browser: no error, every picture there, nothing asked of any server.

    report_page_test.py TWINSET [SCREENSHOTS [REPORT]]

With REPORT, looks at that page instead of making one.
"""
import pathlib
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "testing"))
from browser import Browser, require_browser  # noqa: E402

TINY = """dataset.reader.num_products=260 dataset.reader.test_fraction=0.2 dataset.reader.val_fraction=0.2 dataset.vocabulary.min_count=5
transform.image_size=16 encoder.widths=[4,4,8,8] attribute_encoder.width=16 attribute_encoder.layers=1 embedding_dim=8 loader.batch_size=32
trainer.num_steps=6 trainer.log_every=2 trainer.precision=float32 schedule.warmup_steps=2 evaluation.min_products_per_tuple=1""".split()


def make_report(twinset, folder):
    subprocess.run([twinset, "train", "-m", *TINY, f"dataset.reader.folder={folder}/wardrobe", "loss=info_nce,sup_con",
                    f"hydra.sweep.dir={folder}/sweep"], check=True, capture_output=True)
    subprocess.run([twinset, "report", f"runs={folder}/sweep", f"out={folder}/out", "title=A <small> sweep", "finding=Both losses learn."],
                   check=True, capture_output=True)
    return folder / "out" / "report.html"


def check(page):
    assert page.errors == [], page.errors
    assert len(page.requests) == 1, page.requests
    assert page.broken_images() == 0
    headings = page.run("[...document.querySelectorAll('h2')].map(h => h.textContent)")
    for heading in ("Results", "Training", "Examples", "Runs", "Configurations", "Provenance"):
        assert heading in headings, (heading, headings)
    assert page.run("document.querySelectorAll('.example img').length") >= 16
    assert page.run("document.querySelectorAll('.charts svg').length") >= 2
    facts = page.run("document.querySelector('.facts:last-of-type').textContent + [...document.querySelectorAll('.facts')].pop().textContent")
    for word in ("commit", "processor", "data", "spent"):
        assert word in facts, word
    # Nothing is wider than the window: only tables scroll, within themselves.
    for width in (1200, 400):
        page.resize(width, 900)
        assert page.run("document.documentElement.scrollWidth") <= width, (width, page.run("document.documentElement.scrollWidth"))
    page.resize(1200, 900)


def main():
    require_browser()
    twinset = sys.argv[1]
    screenshots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as name:
        report = pathlib.Path(sys.argv[3]) if len(sys.argv) > 3 else make_report(twinset, pathlib.Path(name))
        with Browser() as page:
            page.open(report)
            check(page)
            page.print(pathlib.Path(name) / "report.pdf")
            printed = (pathlib.Path(name) / "report.pdf").read_bytes()
            assert len(re.findall(rb"/Subtype\s*/Image", printed)) >= 8, "pictures are printed"
            if screenshots:
                page.screenshot(screenshots / "report.png", whole=True)
                page.resize(400, 900)
                page.screenshot(screenshots / "report_narrow.png", whole=True)
                (screenshots / "report.pdf").write_bytes(printed)
    print("ok")


if __name__ == "__main__":
    main()
