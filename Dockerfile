# docker build -t dinobard . && docker run --env-file .env dinobard; compose.yaml is the easier way.

# By name: docs/operations.md shows how to build from a digest.
ARG PYTHON_IMAGE=python:3.11-slim

FROM ${PYTHON_IMAGE} AS libraries
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
COPY requirements.txt .
# The outer pip installs, so that the image has none.
RUN python -m venv --without-pip /libraries && \
    pip --python /libraries/bin/python install --require-hashes --only-binary :all: \
        -r requirements.txt && \
    # What others compile against: a fifth of all that was installed.
    rm -r /libraries/lib/python3.11/site-packages/tensorflow/include \
        /libraries/lib/python3.11/site-packages/clang

FROM ${PYTHON_IMAGE}
# Nothing is written to the image when it runs: what lasts is in /state, the rest in /tmp.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin dinobard && \
    install -d -o dinobard -g dinobard -m 700 /state
# For pictures of poems in Chinese and Japanese: five megabytes.
RUN apt-get update && \
    apt-get install -y --no-install-recommends fonts-wqy-microhei && \
    rm -rf /var/lib/apt/lists/*
COPY --from=libraries /libraries /libraries
COPY data /dinobard/data
COPY engine /dinobard/engine
COPY bot /dinobard/bot
COPY --chmod=755 packaging/entrypoint.sh /usr/local/bin/dinobard
RUN /libraries/bin/python -m compileall -q /dinobard
ENV PATH=/libraries/bin:$PATH \
    PYTHONPATH=/dinobard \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    MPLCONFIGDIR=/tmp/matplotlib \
    XDG_CACHE_HOME=/state/cache \
    STATE_DIRECTORY=/state
USER 10001:10001
WORKDIR /state
VOLUME /state
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["dinobard", "health"]
ENTRYPOINT ["dinobard"]
CMD ["run"]
