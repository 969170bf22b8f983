// What is wrong with each resource that comes in, one to a line? Answers a line of JSON for each.
const readline = require("readline");
const { Fhir } = require("fhir");

const checker = new Fhir();
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const found = checker.validate(JSON.parse(line), { errorOnUnexpected: true });
  console.log(JSON.stringify(found.messages));
});
