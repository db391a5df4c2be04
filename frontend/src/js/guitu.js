// The few scripts that are ours. Every page works without them. Passkeys have a script of their own (passkeys.js).
import { startAloud } from "./aloud.js";
import { startKeys } from "./keys.js";
import { startReveals } from "./reveal.js";
import { startSwaps } from "./swap.js";

startAloud(document);
startKeys(document);
startReveals(document.body);
startSwaps(document);
