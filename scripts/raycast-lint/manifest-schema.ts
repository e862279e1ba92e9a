import * as z from "zod";

/**
 * The manifest as Raycast documents it (developers.raycast.com/information/manifest, read 2026-11) and as `ray build` of
 * @raycast/api 1.104 takes it. `ray lint` fetches a JSON Schema for this; offline this stands in for it. Fields of npm are
 * left to npm; of the ones named here nothing else is taken.
 */
const CATEGORIES = [
  ...([
    "Applications",
    "Communication",
    "Data",
    "Documentation",
    "Design Tools",
    "Developer Tools",
    "Finance",
  ] as const),
  ...(["Fun", "Media", "News", "Productivity", "Security", "System", "Web", "Other"] as const),
] as const;

const line = z.string().trim().min(1).max(255);
/** Title of anything a person sees. */
const title = line.max(100);
/** Names that become file names, deeplinks and parts of the Store's addresses. */
const slug = z.string().regex(/^[a-z0-9-~][a-z0-9-._~]*$/, "has to be lower case and fit into an address");
const name = z.string().regex(/^[a-zA-Z0-9-._~]+$/, "has to fit into an address");
/** The name of a PNG of assets. */
const icon = z.string().regex(/\.png$/, "has to be a PNG");
const description = z.string().trim().min(12, "has to say more").max(2_048);

const preferenceBase = { name, title: title.optional(), description, required: z.boolean() };
const titled = { ...preferenceBase, title };
const choice = z.strictObject({ title: line, value: z.string() });
const preference = z.discriminatedUnion("type", [
  z.strictObject({ ...titled, type: z.literal("textfield"), placeholder: line.optional(), default: line.optional() }),
  z.strictObject({ ...titled, type: z.literal("password"), placeholder: line.optional() }),
  z.strictObject({ ...preferenceBase, type: z.literal("checkbox"), label: line, default: z.boolean().optional() }),
  z.strictObject({
    ...{ ...titled, type: z.literal("dropdown"), data: z.array(choice).min(1) },
    ...{ default: z.string().optional(), placeholder: line.optional() },
  }),
  z.strictObject({ ...titled, type: z.literal("appPicker"), placeholder: line.optional(), default: line.optional() }),
  z.strictObject({ ...titled, type: z.literal("file"), placeholder: line.optional(), default: line.optional() }),
  z.strictObject({ ...titled, type: z.literal("directory"), placeholder: line.optional(), default: line.optional() }),
]);

const argumentBase = { name, placeholder: line, required: z.boolean().optional() };
const argument = z.discriminatedUnion("type", [
  z.strictObject({ ...argumentBase, type: z.literal("text") }),
  z.strictObject({ ...argumentBase, type: z.literal("password") }),
  z.strictObject({ ...argumentBase, type: z.literal("dropdown"), data: z.array(choice).min(1) }),
]);

const commandBase = {
  name,
  title,
  ...{ subtitle: line.optional(), description, icon: icon.optional(), keywords: z.array(line).optional() },
  arguments: z.array(argument).max(3, "may be three at most").optional(),
  ...{ preferences: z.array(preference).optional(), disabledByDefault: z.boolean().optional() },
};
/** Seconds, minutes, hours or days; a minute at least. */
const interval = z
  .string()
  .regex(/^\d+[smhd]$/, "is a number with s, m, h or d")
  .refine((text) => !text.endsWith("s") || Number.parseInt(text, 10) >= 60, "is a minute at least");
const command = z.discriminatedUnion("mode", [
  z.strictObject({ ...commandBase, mode: z.literal("view") }),
  z.strictObject({ ...commandBase, mode: z.literal("no-view"), interval: interval.optional() }),
  z.strictObject({ ...commandBase, mode: z.literal("menu-bar"), interval: interval.optional() }),
]);
const tool = z.strictObject({
  ...{ name, title, description, icon: icon.optional(), preferences: z.array(preference).optional() },
});

/** What Raycast reads of package.json. */
export const manifestSchema = z.looseObject({
  ...{ name: slug, title, description, icon, author: slug },
  license: z.literal("MIT", "has to be MIT for the Store"),
  platforms: z.array(z.enum(["macOS", "Windows"])).min(1),
  categories: z.array(z.enum(CATEGORIES)).min(1),
  commands: z.array(command).min(1),
  tools: z.array(tool).optional(),
  preferences: z.array(preference).optional(),
  ...{ keywords: z.array(line).optional(), contributors: z.array(slug).optional(), owner: slug.optional() },
  ...{ pastContributors: z.array(slug).optional(), access: z.enum(["public", "private"]).optional() },
  external: z.never("leaves modules out of the bundle, and Raycast has none of them").optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;
