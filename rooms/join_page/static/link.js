// The join link: /join/<room>#<token>. It runs before anything else: the token moves from the
// address to this tab's storage, so that neither the history nor a picture of the screen has it.
{
  const takeToken = () => {
    const token = location.hash.slice(1);
    if (!token) return false;
    history.replaceState(null, "", location.pathname);
    // entry.js reads the same name.
    sessionStorage.setItem(`anteroom.link.${location.pathname}`, token);
    return true;
  };
  takeToken();
  // A link may be pasted into this tab.
  addEventListener("hashchange", () => takeToken() && location.reload());
}
