#!/bin/sh
# What both recipes run as root in an empty Debian: Python, the pinned packages, and the wheel that lies beside this file.
set -eu
here=$(dirname "$0")
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends python3 python3-venv
rm -rf /var/lib/apt/lists/*
python3 -m venv /opt/venv
pip() { /opt/venv/bin/pip install --quiet --no-cache-dir --disable-pip-version-check "$@"; }
pip --requirement "$here/requirements.txt"
pip --no-deps --requirement "$here/requirements-huggingface.txt"
pip --no-deps "$here"/recall_horizon-*.whl
