import { config } from "zod";

/**
 * Imported first by the page: the validator must not probe for `new Function`, which the page's content security policy forbids
 * and would report.
 */
config({ jitless: true });
