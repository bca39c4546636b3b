import { exampleTests } from "./support/example-tests.ts";

exampleTests("with-typeorm");
