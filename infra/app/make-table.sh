#!/bin/sh
# Makes the table with its marker, once, in each storage account. azd runs this after it has made
# the accounts, with the outputs of main.bicep as variables, among them the settings that name them.
set -eu
if [ -z "${ROOMS_TABLE:-}" ]; then
  echo 'No setting names the table, so the app makes it at its first write.'
  exit 0
fi
[ -f main.bicep ] || cd "$(dirname "$0")" # azd starts it here
cd ../..
make --silent .venv/.run
tries=40
until said=$(.venv/bin/rooms init 2>&1); do
  echo "$said" >&2
  case $said in *'az login'*) exit 1 ;; esac # waiting signs nobody in
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo 'The table could not be made. Until it is, the app answers 503 TableNotFound.' >&2
    echo 'Make it from where its storage can be reached: azd hooks run postprovision --layer app' >&2
    exit 1
  fi
  echo 'A role may take ten minutes until all of Azure knows it. Trying again in 15 seconds ...'
  sleep 15
done
echo "$said"
