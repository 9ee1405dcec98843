// One tab of a browser does what all need: lead("name", start, stop).
// With https a Web Lock decides, and the next tab takes over at once. Without it (a server in an office network) the
// tabs agree over localStorage: the leader renews its term every two seconds, a term lasts six.

const TERM = 6000;

const byTerms = (name, start, stop) => {
  const me = String(Math.random());
  let leads = false;
  const held = () => JSON.parse(localStorage.getItem(name) || "null");
  const renew = () => {
    const now = held();
    const mine = !now || now.id === me || now.until < Date.now();
    if (mine) localStorage.setItem(name, JSON.stringify({ id: me, until: Date.now() + TERM }));
    if (mine !== leads) (mine ? start : stop)();
    leads = mine;
  };
  setInterval(renew, 2000);
  addEventListener("pagehide", () => leads && held()?.id === me && localStorage.removeItem(name));
  renew();
};

export const lead = (name, start, stop) => {
  if (navigator.locks) navigator.locks.request(name, () => { start(); return new Promise(() => {}); });
  else byTerms(name, start, stop);
};
