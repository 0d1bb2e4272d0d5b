#!/bin/sh
# What mongo's entrypoint does, in small: the folder's scripts once, then the server.
set -eu
for file in /docker-entrypoint-initdb.d/*.js; do
  [ -e /data/db/users.json ] || [ ! -e "$file" ] || mongosh "$file"
done
exec /stand-in/stand-in serve --port 27017 --env MONGO_INITDB_ROOT_USERNAME --env-file MONGO_INITDB_ROOT_PASSWORD_FILE \
  --writes /data/db --writes /data/configdb
