import { writeFileSync } from "node:fs";
import { join } from "node:path";

const ROLES = ["button", "link", "text field", "menu item", "row", "check box", "heading"];
const WORDS = [
  "Save",
  "Invoices",
  "Open orders",
  "Next page",
  "Delivery address",
  "Total",
  "Search",
  "Customer",
  "Paid",
];
/** With the last line this comes to 340 to 400 tokens of the engine, as much as a screen may take of a small window. */
const CONTROLS = 24;

/** Values that nobody but the person and the tools may see. */
export interface Screens {
  /** Names of the files, relative to the folder. */
  names: readonly string[];
  private: readonly string[];
}

/** Writes so many texts in the manner of a screen, all different, each with a person's e-mail address and telephone. */
export function writeScreens(folder: string, count: number): Screens {
  const people = Array.from({ length: count }, (_, index) => ({
    mail: `customer.${index + 1}@orders.example`,
    phone: `+49 30 9018${String(20_000 + index * 37)}`,
  }));
  const names = people.map(({ mail, phone }, index) => {
    const name = `screen-${index + 1}.txt`;
    const controls = Array.from({ length: CONTROLS }, (_, place) => {
      const [role, word] = [ROLES[(place + index) % ROLES.length], WORDS[(place * 3 + index) % WORDS.length]];
      return `[${index * 100 + place}] ${role} "${word} ${place + 1}"`;
    });
    const lines = [`window "Orders ${index + 1}"`, ...controls, `text "Write to ${mail} or call ${phone}"`];
    writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
    return name;
  });
  return { names, private: people.flatMap(({ mail, phone }) => [mail, phone]) };
}
