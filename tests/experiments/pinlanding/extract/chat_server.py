"""An OpenAI-compatible server on loopback that answers well or badly, as a test asks for."""
import collections
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

GOOD = json.dumps({"category": ["dress"], "colour": ["navy"]})


def completion(text, finish="stop", usage=True):
    body = {"id": "x", "object": "chat.completion", "choices": [
        {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}]}
    if usage:
        body["usage"] = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    return json.dumps(body)


class ChatServer:
    """`faults[product]` is what its tries meet, one after another; then `answer`. Products are known by "product ID" in the prompt."""

    def __init__(self, faults=None, answer="good", seconds=0.0):
        self.faults = {key: list(value) for key, value in (faults or {}).items()}
        self.answer, self.seconds = answer, seconds
        self.lock = threading.Lock()
        self.tries = collections.Counter()
        self.answered = collections.Counter()
        self.times = collections.defaultdict(list)
        self.bodies, self.keys = [], set()
        self.running = self.most_running = 0
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_POST(self):
                outer.handle(self)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = "http://127.0.0.1:%d/v1/chat/completions" % self.server.server_port

    def handle(self, http):
        body = json.loads(http.rfile.read(int(http.headers["Content-Length"])))
        product = re.search(r"product (\w+)", json.dumps(body["messages"])).group(1)
        with self.lock:
            self.running += 1
            self.most_running = max(self.most_running, self.running)
            self.tries[product] += 1
            self.times[product].append(time.monotonic())
            self.bodies.append(body)
            self.keys.add(http.headers.get("Authorization"))
            kind = self.faults[product].pop(0) if self.faults.get(product) else self.answer
        try:
            time.sleep(self.seconds)
            self.send(http, kind)
            if kind in ("good", "prose", "length"):
                with self.lock:
                    self.answered[product] += 1
        except OSError:
            pass
        finally:
            with self.lock:
                self.running -= 1

    def send(self, http, kind):
        status, headers, text = 200, {}, completion(GOOD)
        if kind == "429":
            status, headers, text = 429, {"Retry-After": "1"}, '{"error": {"message": "slow down"}}'
        elif kind == "500":
            status, text = 500, "<html>oops</html>"
        elif kind == "400":
            status, text = 400, '{"error": {"message": "no such model"}}'
        elif kind == "401":
            status, text = 401, json.dumps({"error": {"message": "bad key " + str(http.headers.get("Authorization"))}})
        elif kind == "stall":
            time.sleep(3)
        elif kind == "garbage":
            text = "\x00\xff not json"
        elif kind == "prose":
            text = completion("It is a navy dress, " + str(http.headers.get("Authorization")))
        elif kind == "length":
            text = completion(GOOD[:20], "length")
        elif kind == "no_usage":
            text = completion(GOOD, usage=False)
        elif kind == "drop":
            http.close_connection = True
            http.connection.close()
            return
        data = text.encode("latin-1")
        http.send_response(status)
        for name, value in headers.items():
            http.send_header(name, value)
        http.send_header("Content-Length", str(len(data) + (1000 if kind == "truncate" else 0)))
        http.end_headers()
        http.wfile.write(data[:len(data) // 2] if kind == "truncate" else data)
        if kind == "truncate":
            http.wfile.flush()
            http.close_connection = True

    def close(self):
        self.server.shutdown()
        self.server.server_close()
