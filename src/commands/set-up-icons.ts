import { Color, Icon, type List } from "@raycast/api";
import type { Standing } from "./present/install-steps.ts";

const icons: Record<Standing["icon"], Icon> = {
  waiting: Icon.Circle,
  doing: Icon.CircleProgress50,
  done: Icon.CheckCircle,
  attention: Icon.Warning,
  failed: Icon.XMarkCircle,
};

/** How a line says where it stands: an icon, and the word that it repeats. */
export function standingProps({ text, icon, tint }: Standing): Pick<List.Item.Props, "icon" | "accessories"> {
  return {
    icon: { source: icons[icon], tintColor: Color[tint] },
    accessories: [{ tag: { value: text, color: Color[tint] } }],
  };
}
