"""Makes a small site of collections and looks at it: valid pages, then a real browser, from disk.

    site_test.py TWINSET [SCREENSHOTS]
"""
import html.parser
import json
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).parents[3] / "testing"))
from browser import Browser, require_browser  # noqa: E402

VOID = {"meta", "link", "img", "input", "br"}
BASE = "https://shop.example/"


class Page(html.parser.HTMLParser):
    """Fails for elements that are not closed in order, ids twice, pictures without alt or size; keeps what a test asks about."""

    def __init__(self, path):
        super().__init__()
        self.path, self.open_tags, self.ids, self.elements, self.data, self.structured = path, [], set(), [], None, None
        text = path.read_text()
        assert text.startswith("<!DOCTYPE html>\n<html lang=")
        self.feed(text)
        self.close()
        assert not self.open_tags, (path, self.open_tags)

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        assert len(values) == len(attrs), (self.path, tag, attrs)
        self.elements.append((tag, values))
        if tag not in VOID:
            self.open_tags.append(tag)
        if "id" in values:
            assert values["id"] not in self.ids, (self.path, values["id"])
            self.ids.add(values["id"])
        if tag == "img":
            assert "alt" in values and int(values["width"]) > 0 and int(values["height"]) > 0, (self.path, values)
        self.data = "" if tag == "script" and values.get("type") == "application/ld+json" else None

    def handle_endtag(self, tag):
        assert self.open_tags and self.open_tags.pop() == tag, (self.path, tag)
        if tag == "script" and self.data is not None:
            self.structured = json.loads(self.data)
        self.data = None

    def handle_data(self, data):
        if self.data is not None:
            self.data += data

    def all(self, tag, **wanted):
        return [values for name, values in self.elements if name == tag and all(values.get(k) == v for k, v in wanted.items())]


def make_site(twinset, folder):
    subprocess.run([twinset, "wardrobe", f"folder={folder}/data", "num_products=400", "num_queries=0"], check=True, capture_output=True)
    run = folder / "run"
    for name in ("assign", "feeds"):
        (run / name).mkdir(parents=True)
    by_topic = {}
    with open(folder / "data/truth.jsonl") as truth, open(run / "assign/products-00000.jsonl", "w") as assigned:
        for product in map(json.loads, truth):
            attributes = {f: v if isinstance(v, list) else [v] for f, v in product["attributes"].items()}
            assigned.write(json.dumps({"id": product["id"], "split": product["split"], "title": product["title"], "attributes": attributes,
                                       "confidence": {f: [1] * len(v) for f, v in attributes.items()}}) + "\n")
            by_topic.setdefault((attributes["colour"][0], attributes["category"][0]), []).append(product["id"])
    with open(run / "feeds/collections.jsonl", "w") as feeds:
        for (colour, category), ids in sorted(by_topic.items()):
            feeds.write(json.dumps({"title": f"{colour} {category}", "attributes": {"colour": [colour], "category": [category]}, "products": ids[:10],
                                    "scores": [2.0] * len(ids[:10])}) + "\n")
    subprocess.run([twinset, "pinlanding", "stage=pages", f"folder={run}", f"dataset.reader.folder={folder}/data", "dataset.reader.num_products=400",
                    "dataset.reader.seed=0", "dataset.reader.num_queries=0"], check=True, capture_output=True)
    return run / "pages", len(by_topic)


def check_files(site, num_collections):
    pages = sorted((site / "collections").iterdir())
    assert len(pages) == num_collections
    addresses = [e.text for e in xml.etree.ElementTree.parse(site / "sitemap.xml").iter() if e.tag.endswith("loc")]
    assert len(addresses) == num_collections + 1 and addresses[0] == BASE
    for path in [site / "index.html", *pages]:
        page = Page(path)
        own = BASE if path.name == "index.html" else BASE + f"collections/{path.name}"
        assert page.all("link", rel="canonical") == [{"rel": "canonical", "href": own}] and own in addresses
        assert page.all("meta", name="description")[0]["content"] and page.all("meta", property="og:image") and page.all("h1")
        for link in page.all("a"):
            if "#" not in link["href"]:
                assert (path.parent / link["href"]).is_file(), (path, link)
        for image in page.all("img"):
            assert (path.parent / image["src"]).is_file(), (path, image)
        if path.name != "index.html":
            items = page.structured["@graph"][0]["mainEntity"]
            assert items["@type"] == "ItemList" and items["numberOfItems"] == len(items["itemListElement"]) == len(page.all("li", **{"class": "product"}))
            assert all(i["item"]["@type"] == "Product" and i["item"]["image"].startswith(BASE) for i in items["itemListElement"])


def look(site, shots):
    with Browser(1280, 1000) as page:
        page.open(site / "index.html")
        load_all = "(() => { document.querySelectorAll('details').forEach(d => d.open = true); const all = [...document.images]; all.forEach(i => i.loading = 'eager');" \
                   " return Promise.all(all.map(i => i.decode().then(() => 1, () => 0))).then(r => r.filter(x => !x).length); })()"
        if shots:
            page.run("new Promise(r => setTimeout(r, 500))")
            page.screenshot(shots / "index.png")
        assert page.run(load_all) == 0
        assert page.errors == [], page.errors
        assert all(address.startswith("file:") for address in page.requests), page.requests
        shown = "[...document.querySelectorAll('.card')].filter(c => c.offsetParent).length"
        everything = page.run(shown)
        page.run("document.getElementById('q').focus()")
        page.type("black dress")
        assert 0 < page.run(shown) < everything
        assert page.run("[...document.querySelectorAll('.card')].filter(c => c.offsetParent).every(c => /black/i.test(c.textContent) && /dress/i.test(c.textContent))")
        page.run("(q => { q.value = 'no such thing'; q.dispatchEvent(new Event('input')); })(document.getElementById('q'))")
        assert page.run(shown) == 0 and page.run("document.getElementById('none').offsetParent !== null")
        page.open(site / "collections/black-dress.html")
        assert page.run(load_all) == 0 and page.errors == [], page.errors
        assert page.run("[...document.querySelectorAll('.product img')].every(i => Math.abs(i.clientHeight / i.clientWidth - 1.25) < .02)")
        if shots:
            page.screenshot(shots / "collection.png", whole=True)
        page.resize(390, 800)
        assert page.run("document.documentElement.scrollWidth <= 390")


def main():
    require_browser()
    twinset = str(pathlib.Path(sys.argv[1]).resolve())
    shots = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else None
    with tempfile.TemporaryDirectory() as name:
        site, num_collections = make_site(twinset, pathlib.Path(name))
        check_files(site, num_collections)
        look(site, shots)
    print("the site is valid, opens from disk and searches")


if __name__ == "__main__":
    main()
