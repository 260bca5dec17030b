#!/bin/sh
# `dinobard` in the Docker image. A default in ENV would be lost to a blank line of --env-file.

: "${DINOBARD_METRICS_PORT:=9464}"
export DINOBARD_METRICS_PORT
exec python -P -m bot "$@"
