"""The http provider of the program against a real server on loopback: http_provider_test.py PROGRAM"""
import base64
import collections
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from chat_server import ChatServer

PROGRAM = sys.argv.pop(1)
KEY = "sk-" + "very-secret-0123456789"
COUNT = 12
SHARED = tempfile.TemporaryDirectory()
WARDROBE = pathlib.Path(SHARED.name) / "wardrobe"


class HttpProvider(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name) / "p"
        self.addCleanup(self.temporary.cleanup)

    def server(self, **options):
        server = ChatServer(**options)
        self.addCleanup(server.close)
        return server

    def command(self, url, *more):
        return [PROGRAM, "pinlanding", "stage=extract", "provider=http", f"folder={self.folder}",
                f"dataset.reader.folder={WARDROBE}", "dataset.reader.num_products=60", "dataset.reader.val_fraction=0.3",
                "dataset.reader.num_queries=10",
                "extract.splits=[val]", f"extract.max_products={COUNT}", "extract.max_failed_share=0.5",
                f"extract.provider.url={url}", "extract.provider.model=tiny", "extract.provider.prompt='product {id}'",
                "extract.provider.backoff_seconds=0.05", "extract.provider.timeout_seconds=1", *more]

    def environment(self):
        return dict(os.environ, TWINSET_TEST_KEY=KEY, NO_PROXY="127.0.0.1", no_proxy="127.0.0.1")

    def run_it(self, url, *more):
        return subprocess.run(self.command(url, *more), capture_output=True, text=True, env=self.environment(), timeout=120)

    def lines(self, name):
        return [json.loads(line) for line in (self.folder / "extract" / name).read_text().splitlines()]

    def ids(self):
        """The products that are asked about."""
        result = subprocess.run([PROGRAM, "pinlanding", "stage=extract", "provider=catalog", f"folder={self.folder}_ids",
                                 f"dataset.reader.folder={WARDROBE}", "dataset.reader.num_products=60",
                                 "dataset.reader.val_fraction=0.3", "dataset.reader.num_queries=10", "extract.splits=[val]",
                                 f"extract.max_products={COUNT}"], capture_output=True, text=True, timeout=120)
        self.assertEqual(result.returncode, 0, result.stderr)
        text = pathlib.Path(f"{self.folder}_ids/extract/products.jsonl").read_text()
        return [json.loads(line)["id"] for line in text.splitlines()]

    def test_sends_the_prompt_the_image_and_the_schema(self):
        server = self.server()
        result = self.run_it(server.url, "extract.provider.max_in_flight=3")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line["attributes"] for line in self.lines("products.jsonl")], [{"category": ["dress"], "colour": ["navy"]}] * COUNT)
        self.assertEqual(self.lines("failed.jsonl"), [])
        body = server.bodies[0]
        self.assertEqual(body["model"], "tiny")
        self.assertIn("colour", body["response_format"]["json_schema"]["schema"]["properties"])
        text, image = body["messages"][-1]["content"]
        self.assertTrue(text["text"].startswith("product "))
        kind, data = image["image_url"]["url"].split(",")
        self.assertEqual(kind, "data:image/jpeg;base64")
        self.assertEqual(base64.b64decode(data)[:2], b"\xff\xd8")
        self.assertEqual(server.keys, {None})
        self.assertEqual(set(server.tries.values()), {1})

    def test_what_may_pass_is_tried_again(self):
        ids = self.ids()
        faults = {product: [fault] for product, fault in zip(ids, ["429", "500", "stall", "truncate", "drop", "garbage"])}
        faults[ids[6]] = ["500", "drop", "500"]
        server = self.server(faults=faults)
        result = self.run_it(server.url)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual([line["id"] for line in self.lines("products.jsonl")], ids)
        self.assertEqual([server.tries[product] for product in ids], [2] * 6 + [4] + [1] * 5)
        first, second = server.times[ids[0]]
        self.assertGreaterEqual(second - first, 0.99, "Retry-After was not honoured")

    def test_what_does_not_pass_is_kept_aside_with_the_reason(self):
        ids = self.ids()
        faults = {ids[0]: ["prose"], ids[1]: ["length"], ids[2]: ["400"], ids[3]: ["500"] * 9}
        server = self.server(faults=faults)
        result = self.run_it(server.url, "extract.provider.max_retries=2")
        self.assertEqual(result.returncode, 0, result.stderr)
        reasons = {line["id"]: line["reason"] for line in self.lines("failed.jsonl")}
        self.assertEqual(reasons, {ids[0]: "the answer has no JSON object", ids[1]: "the answer was cut off at the limit of tokens",
                                   ids[2]: "HTTP 400: no such model", ids[3]: "no answer in 3 tries: HTTP 500: <html>oops</html>"})
        self.assertIn("It is a navy dress", self.lines("failed.jsonl")[0]["answer"])
        self.assertEqual(len(self.lines("products.jsonl")), COUNT - 4)
        # Answers that were paid for are not asked again, the unusable ones among them.
        before = collections.Counter(server.tries)
        (self.folder / "extract/products.jsonl").unlink()
        server.faults = {}
        self.assertEqual(self.run_it(server.url, "extract.provider.max_retries=2").returncode, 0)
        self.assertEqual(server.tries - before, {ids[2]: 1, ids[3]: 1})

    def test_a_killed_run_pays_nothing_twice(self):
        server = self.server(seconds=0.15)
        options = ["extract.provider.max_in_flight=2"]
        process = subprocess.Popen(self.command(server.url, *options), env=self.environment(), stderr=subprocess.DEVNULL)
        cache = self.folder / "extract/cache.jsonl"
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not (cache.exists() and cache.read_text().count("\n") >= 4):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
        process.wait()
        kept = cache.read_text().count("\n")
        self.assertGreaterEqual(kept, 4)
        self.assertLess(kept, COUNT)
        self.assertFalse((self.folder / "extract/products.jsonl").exists())
        with cache.open("a") as file:
            file.write('{"key": "cut o')
        time.sleep(0.5)
        before = sum(server.tries.values())
        result = self.run_it(server.url, *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sum(server.tries.values()) - before, COUNT - kept)
        self.assertLessEqual(sum(server.tries.values()), COUNT + 2)
        self.assertEqual(len(self.lines("products.jsonl")), COUNT)
        self.assertIn(f"{kept} answers from the cache", result.stderr)

    def test_ctrl_c_keeps_what_is_on_its_way(self):
        server = self.server(seconds=0.3)
        process = subprocess.Popen(self.command(server.url, "extract.provider.max_in_flight=2"), env=self.environment(), stderr=subprocess.PIPE)
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and sum(server.tries.values()) < 4:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130, log)
        self.assertEqual(self.run_it(server.url).returncode, 0)
        self.assertEqual(sum(server.tries.values()), COUNT)

    def test_the_key_stands_nowhere(self):
        ids = self.ids()
        server = self.server(faults={ids[0]: ["prose"]})
        result = self.run_it(server.url, "extract.provider.api_key_env=TWINSET_TEST_KEY", "--log-level", "debug")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(server.keys, {"Bearer " + KEY})
        server.answer = "401"
        refused = self.run_it(server.url, "extract.provider.api_key_env=TWINSET_TEST_KEY", "extract.provider.temperature=0.5", "--log-level", "debug")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("the server refuses: HTTP 401: bad key Bearer ***; look at the key in TWINSET_TEST_KEY", refused.stderr)
        for text in (result.stdout, result.stderr, refused.stdout, refused.stderr):
            self.assertNotIn(KEY, text)
        for file in self.folder.rglob("*"):
            if file.is_file():
                self.assertNotIn(KEY.encode(), file.read_bytes(), file)
        self.assertIn("***", (self.folder / "extract/cache.jsonl").read_text())
        held = self.run_it(server.url, "extract.provider.api_key_env=TWINSET_TEST_KEY", f"extract.provider.system='{KEY}'")
        self.assertIn("the options hold the key of TWINSET_TEST_KEY itself", held.stderr)

    def test_the_budget_stops_the_run(self):
        server = self.server()
        # An answer costs 1000 x 1 + 100 x 10 millionths: 0.002.
        options = ["extract.provider.input_price=1", "extract.provider.output_price=10"]
        result = self.run_it(server.url, "extract.provider.budget=0.0105", *options)
        self.assertEqual(result.returncode, 1)
        self.assertIn("budget: 0.0100 of 0.0105 are spent, and the next answer may cost 0.0020; raise the budget", result.stderr)
        self.assertEqual(sum(server.tries.values()), 5)
        self.assertFalse((self.folder / "extract/products.jsonl").exists())
        result = self.run_it(server.url, "extract.provider.budget=0.024", *options)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(sum(server.tries.values()), COUNT)
        self.assertIn("12000 + 1200 tokens in all, cost 0.0240", result.stderr)
        server.answer = "no_usage"
        result = self.run_it(server.url, "extract.provider.budget=1", "extract.provider.temperature=1", *options)
        self.assertIn("do not say their tokens", result.stderr)

    def test_requests_in_flight_and_in_a_minute_are_limited(self):
        server = self.server(seconds=0.1)
        self.assertEqual(self.run_it(server.url, "extract.provider.max_in_flight=3").returncode, 0)
        self.assertEqual(server.most_running, 3)
        paced = self.server()
        result = self.run_it(paced.url, "extract.provider.requests_per_minute=1200")
        self.assertEqual(result.returncode, 0, result.stderr)
        times = sorted(time for each in paced.times.values() for time in each)
        self.assertGreaterEqual(times[-1] - times[0], (COUNT - 1) * 0.05 - 0.03)

    def test_too_many_failures_stop_the_run(self):
        server = self.server(answer="prose")
        result = self.run_it(server.url, "extract.min_answers=5", "extract.provider.max_in_flight=1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("5 of 5 products have no usable answer, 5 of them: the answer has no JSON object", result.stderr)
        self.assertLess(sum(server.tries.values()), COUNT)
        self.assertEqual(len(self.lines("failed.jsonl")), 5)

    def test_a_server_that_is_not_there(self):
        result = self.run_it("http://127.0.0.1:1/v1", "extract.provider.max_retries=1")
        self.assertEqual(result.returncode, 1)
        self.assertIn("no answer in 2 tries: Failed to connect", result.stderr)

    def test_wrong_options_are_one_clear_error(self):
        for options, message in [
                (["extract.provider.url=ftp://x"], "extract.provider.url: is 'ftp://x', expected an address that begins with http://"),
                (["extract.provider.api_key_env=TWINSET_NO_SUCH"], "the environment variable 'TWINSET_NO_SUCH' is not set"),
                (["extract.provider.budget=1"], "extract.provider.budget: can't be kept without prices"),
                (["extract.provider.model=''"], "extract.provider.model: is empty"),
                (["extract.provider.prompt=''"], "extract.provider.prompt: is empty"),
                (["extract.provider.max_in_flight=0"], "extract.provider.max_in_flight: is 0, expected"),
                (["~extract.provider.schema"], "extract.provider.schema: has no properties")]:
            with self.subTest(options):
                result = self.run_it("http://127.0.0.1:1", *options)
                self.assertEqual(result.returncode, 1)
                self.assertIn(message, result.stderr)
                self.assertFalse(self.folder.exists())


if __name__ == "__main__":
    unittest.main()
