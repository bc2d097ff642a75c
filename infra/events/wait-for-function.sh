#!/bin/sh
# Waits until Azure lists the function that gets the events, as Event Grid accepts no other. After a
# deployment Azure may list none until it is asked to look. azd runs this before it subscribes.
set -eu
if [ -z "${EVENT_TOPIC_NAME:-}" ]; then
  exit 0
fi
if ! az account show --output none 2>/dev/null; then
  echo 'To wait until Azure lists the function needs the Azure CLI: az login'
  echo 'If the next step fails, wait a minute: azd provision events'
  exit 0
fi
az rest --method post --url "$AZURE_FUNCTION_APP_ID/host/default/sync?api-version=2024-11-01" \
  --output none || true
tries=20
until az rest --method get --output none 2>/dev/null \
  --url "$AZURE_FUNCTION_APP_ID/functions/call_events?api-version=2024-11-01"; do
  tries=$((tries - 1))
  if [ "$tries" -eq 0 ]; then
    echo 'Azure lists no function call_events. Is the app deployed? azd deploy rooms' >&2
    exit 1
  fi
  sleep 15
done
