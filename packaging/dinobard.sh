#!/bin/sh
# install -m 755 packaging/dinobard.sh /usr/local/bin/dinobard
# Runs a subcommand as dinobard.service runs the bot: as its user, on its home, with its settings.

if [ -t 0 ] && [ -t 1 ]; then streams=--pty; else streams=--pipe; fi
exec systemd-run --quiet --collect --wait "$streams" \
    --property=DynamicUser=yes \
    --property=User=dinobard \
    --property=StateDirectory=dinobard \
    --property=StateDirectoryMode=0700 \
    --property=CacheDirectory=dinobard \
    --property=WorkingDirectory=/var/lib/dinobard \
    --property=EnvironmentFile=/etc/dinobard.env \
    --property="Environment=PYTHONPATH=/opt/dinobard PYTHONDONTWRITEBYTECODE=1" \
    --property="Environment=MPLCONFIGDIR=/tmp/matplotlib XDG_CACHE_HOME=/var/cache/dinobard" \
    --property=UMask=0077 \
    /opt/dinobard/.venv/bin/python -P -m bot "$@"
