#!/usr/bin/python3
"""A page that counts its visits: the total in Redis, and what each replica served in PostgreSQL.

GET /         the counts, as text
GET /healthy  200 when both stores answer
"""

import http.server
import os
import signal
import socket
import sys

import psycopg2

REPLICA = socket.gethostname()
REDIS = (os.environ.get("REDIS_HOST", "redis"), int(os.environ.get("REDIS_PORT", "6379")))
SCHEMA = "CREATE TABLE IF NOT EXISTS visits (replica text PRIMARY KEY, served bigint NOT NULL)"
SERVED = """INSERT INTO visits VALUES (%s, 1)
            ON CONFLICT (replica) DO UPDATE SET served = visits.served + 1 RETURNING served"""


def password():
    path = os.environ.get("DATABASE_PASSWORD_FILE", "/run/secrets/database_password")
    with open(path) as file:
        return file.read().strip()


def redis(*words):
    """Sends one command in Redis's protocol and returns the first line of the answer, without its type."""
    request = f"*{len(words)}\r\n" + "".join(f"${len(word.encode())}\r\n{word}\r\n" for word in words)
    with socket.create_connection(REDIS, timeout=5) as connection:
        connection.sendall(request.encode())
        with connection.makefile("r", newline="\r\n") as answer:
            line = answer.readline().strip()
    if line.startswith("-"):
        raise RuntimeError(line[1:])
    return line[1:]


def query(*statements):
    """Runs the statements in one transaction and returns the first column of the last one's first row."""
    connection = psycopg2.connect(
        host=os.environ.get("DATABASE_HOST", "database"), dbname=os.environ.get("DATABASE_NAME", "counter"),
        user=os.environ.get("DATABASE_USER", "counter"), password=password(), connect_timeout=5)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(*statement)
            row = cursor.fetchone()
            return row and row[0]
    finally:
        connection.close()


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            status, text = 200, self.text()
        except (OSError, RuntimeError, psycopg2.Error) as error:
            status, text = 503, f"{error}\n"
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def text(self):
        if self.path == "/healthy":
            redis("PING")
            query(("SELECT 1",))
            return "healthy\n"
        visits = redis("INCR", "visits")
        served = query((SERVED, (REPLICA,)))
        return f"Visit {visits}, served by {REPLICA} (its {served}.)\n"

    def log_message(self, format, *values):
        if self.path != "/healthy":
            print(f"{REPLICA}: {format % values}", flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    # Replicas start at the same moment; PostgreSQL lets only one of them create a table.
    query(("SELECT pg_advisory_xact_lock(1)",), (SCHEMA,), ("SELECT 1",))
    server = http.server.ThreadingHTTPServer(("", 8000), Page)
    print(f"{REPLICA}: listening on 8000", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
