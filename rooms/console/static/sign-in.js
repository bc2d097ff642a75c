// Signs in with a link like /console#key=<key>, which make start prints, or
// /console#key=<key>&view=/rooms. It runs before anything else: the key moves from the address to
// this tab's storage, and the history does not have it.
{
  const takeKey = () => {
    const found = /^#key=([^&]*)(?:&view=(\/.*))?/s.exec(location.hash);
    if (!found) return false;
    const view = found[2] ? `#${found[2]}` : "";
    history.replaceState(null, "", location.pathname + location.search + view);
    try {
      const key = decodeURIComponent(found[1]);
      // api.js reads the same name.
      if (/^[A-Za-z0-9+/]+=*$/.test(key)) sessionStorage.setItem("anteroom.key", key);
    } catch {
      // The link is damaged. The page asks for a key.
    }
    return true;
  };
  takeKey();
  // A link may be pasted into this tab.
  addEventListener("hashchange", () => takeKey() && location.reload());
}
