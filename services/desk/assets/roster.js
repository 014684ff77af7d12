// The roster: adding somebody.

import { page } from "./kit.js";
import { add } from "./people.js";

document.getElementById("add-person").addEventListener("click", async () => {
  const id = await add();
  if (id) location.assign(`/board/roster/${id}`);
});
