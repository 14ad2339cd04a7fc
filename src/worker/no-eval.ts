import { config } from "zod";

/** Imported first by the worker: the same as the page's, where the server sends the policy with the worker's file. */
config({ jitless: true });
