#!/bin/sh
# As the entrypoint of the image does it, without modules, which Debian's server does not bring.
exec "$@"
