# The service in one image: web server, worker and migrations are three commands of it (deploy/compose.yaml).
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PATH=/srv/companion/.venv/bin:$PATH
WORKDIR /srv/companion

COPY requirements.txt ./
RUN python -m venv .venv && .venv/bin/pip install --no-cache-dir --require-hashes -r requirements.txt

COPY wsgi.py ./
COPY companion/ companion/
COPY nudges/ nudges/
COPY api/ api/
COPY migrations/ migrations/

# It writes nothing but to the database, and needs no right to.
USER nobody
EXPOSE 8000
CMD ["gunicorn", "-c", "python:api.server.web_server", "wsgi:app", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "8"]
