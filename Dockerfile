# Build:  docker build -t microblog .
# Run:    docker run -p 5000:5000 -v microblog:/data \
#           -e SECRET_KEY="$(openssl rand -hex 32)" -e BASE_URL=http://localhost:5000 microblog
# With PostgreSQL: docker compose up (docker-compose.yml).

FROM python:3.13-slim AS build

WORKDIR /srv/microblog
# Without pip: it is needed to build the environment, not to run it.
RUN python -m venv --without-pip /opt/venv
COPY requirements/base.txt requirements/base.txt
RUN pip --python /opt/venv/bin/python install --no-cache-dir --no-deps --only-binary :all: \
    --require-hashes --disable-pip-version-check --root-user-action=ignore \
    --requirement requirements/base.txt

COPY config.py microblog.py .flaskenv ./
COPY app app
COPY deploy deploy
COPY migrations migrations
COPY translations translations
# Everything that a start would otherwise write beside the program, which is read-only there.
RUN /opt/venv/bin/python -c "from app.cli import assets; assets.build()" \
    && /opt/venv/bin/python -m compileall -q app config.py microblog.py migrations


FROM python:3.13-slim

LABEL org.opencontainers.image.title="Microblog" \
      org.opencontainers.image.description="A self-hosted microblog for a club, a company or a town" \
      org.opencontainers.image.licenses="MIT"

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    APP_ENV=production \
    HOST=0.0.0.0 \
    PORT=5000 \
    INSTANCE_PATH=/data \
    LOG_FORMAT=json

RUN groupadd --gid 10001 microblog \
    && useradd --uid 10001 --gid microblog --no-create-home --home-dir /data microblog \
    && install --directory --owner=microblog --group=microblog --mode=0750 /data

WORKDIR /srv/microblog
COPY --from=build /opt/venv /opt/venv
COPY --from=build /srv/microblog .

USER 10001:10001
VOLUME /data
EXPOSE 5000
HEALTHCHECK --interval=15s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "deploy/healthcheck.py"]
CMD ["flask", "serve"]
