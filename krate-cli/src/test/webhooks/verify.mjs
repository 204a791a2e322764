// Verifies requests with the library of Standard Webhooks: a JSON object a line in, a verdict a line out.
// The folder that has the library is the first argument.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { Webhook } = createRequire(process.argv[2] + "/")("standardwebhooks");

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  try {
    new Webhook(request.secret).verify(request.body, request.headers);
    console.log("verified");
  } catch (e) {
    console.log("refused: " + e.name);
  }
}
