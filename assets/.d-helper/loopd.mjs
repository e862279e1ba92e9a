import{createRequire as __createRequire}from"node:module";import{fileURLToPath as __toPath}from"node:url";const require=__createRequire(import.meta.url),__filename=__toPath(import.meta.url);
import {
  LoopdError,
  MAX_PROMPT_CHARACTERS,
  REHEARSAL_ENDPOINT,
  VERSION,
  asLoopdError,
  connect,
  endpointProfileSchema,
  entryData,
  exitCodeOf,
  grantScopeSchema,
  isErrorCode,
  recoveryAnswerSchema,
  socketPathOf
} from "./chunks/chunk-ATOEX4BG.mjs";
import {
  dist_default
} from "./chunks/chunk-EZVG36JA.mjs";
import "./chunks/chunk-YCZ6LXYG.mjs";

// node_modules/commander/lib/error.js
var CommanderError = class extends Error {
  /**
   * Constructs the CommanderError class
   * @param {number} exitCode suggested exit code which could be used with process.exit
   * @param {string} code an id string representing the error
   * @param {string} message human-readable description of the error
   */
  constructor(exitCode, code, message) {
    super(message);
    Error.captureStackTrace(this, this.constructor);
    this.name = this.constructor.name;
    this.code = code;
    this.exitCode = exitCode;
    this.nestedError = void 0;
  }
};
var InvalidArgumentError = class extends CommanderError {
  /**
   * Constructs the InvalidArgumentError class
   * @param {string} [message] explanation of why argument is invalid
   */
  constructor(message) {
    super(1, "commander.invalidArgument", message);
    Error.captureStackTrace(this, this.constructor);
    this.name = this.constructor.name;
  }
};

// node_modules/commander/lib/argument.js
var Argument = class {
  /**
   * Initialize a new command argument with the given name and description.
   * The default is that the argument is required, and you can explicitly
   * indicate this with <> around the name. Put [] around the name for an optional argument.
   *
   * @param {string} name
   * @param {string} [description]
   */
  constructor(name, description) {
    this.description = description || "";
    this.variadic = false;
    this.parseArg = void 0;
    this.defaultValue = void 0;
    this.defaultValueDescription = void 0;
    this.argChoices = void 0;
    switch (name[0]) {
      case "<":
        this.required = true;
        this._name = name.slice(1, -1);
        break;
      case "[":
        this.required = false;
        this._name = name.slice(1, -1);
        break;
      default:
        this.required = true;
        this._name = name;
        break;
    }
    if (this._name.endsWith("...")) {
      this.variadic = true;
      this._name = this._name.slice(0, -3);
    }
  }
  /**
   * Return argument name.
   *
   * @return {string}
   */
  name() {
    return this._name;
  }
  /**
   * @package
   */
  _collectValue(value, previous) {
    if (previous === this.defaultValue || !Array.isArray(previous)) {
      return [value];
    }
    previous.push(value);
    return previous;
  }
  /**
   * Set the default value, and optionally supply the description to be displayed in the help.
   *
   * @param {*} value
   * @param {string} [description]
   * @return {Argument}
   */
  default(value, description) {
    this.defaultValue = value;
    this.defaultValueDescription = description;
    return this;
  }
  /**
   * Set the custom handler for processing CLI command arguments into argument values.
   *
   * @param {Function} [fn]
   * @return {Argument}
   */
  argParser(fn) {
    this.parseArg = fn;
    return this;
  }
  /**
   * Only allow argument value to be one of choices.
   *
   * @param {string[]} values
   * @return {Argument}
   */
  choices(values) {
    this.argChoices = values.slice();
    this.parseArg = (arg, previous) => {
      if (!this.argChoices.includes(arg)) {
        throw new InvalidArgumentError(
          `Allowed choices are ${this.argChoices.join(", ")}.`
        );
      }
      if (this.variadic) {
        return this._collectValue(arg, previous);
      }
      return arg;
    };
    return this;
  }
  /**
   * Make argument required.
   *
   * @returns {Argument}
   */
  argRequired() {
    this.required = true;
    return this;
  }
  /**
   * Make argument optional.
   *
   * @returns {Argument}
   */
  argOptional() {
    this.required = false;
    return this;
  }
};
function humanReadableArgName(arg) {
  const nameOutput = arg.name() + (arg.variadic === true ? "..." : "");
  return arg.required ? "<" + nameOutput + ">" : "[" + nameOutput + "]";
}

// node_modules/commander/lib/command.js
import { EventEmitter } from "node:events";
import childProcess from "node:child_process";
import path from "node:path";
import fs from "node:fs";
import process2 from "node:process";
import { stripVTControlCharacters as stripVTControlCharacters2 } from "node:util";

// node_modules/commander/lib/help.js
import { stripVTControlCharacters } from "node:util";
var Help = class {
  constructor() {
    this.helpWidth = void 0;
    this.minWidthToWrap = 40;
    this.sortSubcommands = false;
    this.sortOptions = false;
    this.showGlobalOptions = false;
  }
  /**
   * prepareContext is called by Commander after applying overrides from `Command.configureHelp()`
   * and just before calling `formatHelp()`.
   *
   * Commander just uses the helpWidth and the rest is provided for optional use by more complex subclasses.
   *
   * @param {{ error?: boolean, helpWidth?: number, outputHasColors?: boolean }} contextOptions
   */
  prepareContext(contextOptions) {
    this.helpWidth = this.helpWidth ?? contextOptions.helpWidth ?? 80;
  }
  /**
   * Get an array of the visible subcommands. Includes a placeholder for the implicit help command, if there is one.
   *
   * @param {Command} cmd
   * @returns {Command[]}
   */
  visibleCommands(cmd) {
    const visibleCommands = cmd.commands.filter((cmd2) => !cmd2._hidden);
    const helpCommand = cmd._getHelpCommand();
    if (helpCommand && !helpCommand._hidden) {
      visibleCommands.push(helpCommand);
    }
    if (this.sortSubcommands) {
      visibleCommands.sort((a, b) => {
        return a.name().localeCompare(b.name());
      });
    }
    return visibleCommands;
  }
  /**
   * Compare options for sort.
   *
   * @param {Option} a
   * @param {Option} b
   * @returns {number}
   */
  compareOptions(a, b) {
    const getSortKey = (option) => {
      return option.short ? option.short.replace(/^-/, "") : option.long.replace(/^--/, "");
    };
    return getSortKey(a).localeCompare(getSortKey(b));
  }
  /**
   * Get an array of the visible options. Includes a placeholder for the implicit help option, if there is one.
   *
   * @param {Command} cmd
   * @returns {Option[]}
   */
  visibleOptions(cmd) {
    const visibleOptions = cmd.options.filter((option) => !option.hidden);
    const helpOption = cmd._getHelpOption();
    if (helpOption && !helpOption.hidden) {
      const removeShort = helpOption.short && cmd._findOption(helpOption.short);
      const removeLong = helpOption.long && cmd._findOption(helpOption.long);
      if (!removeShort && !removeLong) {
        visibleOptions.push(helpOption);
      } else if (helpOption.long && !removeLong) {
        visibleOptions.push(
          cmd.createOption(helpOption.long, helpOption.description).helpGroup(helpOption.helpGroupHeading)
        );
      } else if (helpOption.short && !removeShort) {
        visibleOptions.push(
          cmd.createOption(helpOption.short, helpOption.description).helpGroup(helpOption.helpGroupHeading)
        );
      }
    }
    if (this.sortOptions) {
      visibleOptions.sort(this.compareOptions);
    }
    return visibleOptions;
  }
  /**
   * Get an array of the visible global options. (Not including help.)
   *
   * @param {Command} cmd
   * @returns {Option[]}
   */
  visibleGlobalOptions(cmd) {
    if (!this.showGlobalOptions) return [];
    const globalOptions = [];
    for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
      const visibleOptions = ancestorCmd.options.filter(
        (option) => !option.hidden
      );
      globalOptions.push(...visibleOptions);
    }
    if (this.sortOptions) {
      globalOptions.sort(this.compareOptions);
    }
    return globalOptions;
  }
  /**
   * Get an array of the arguments if any have a description.
   *
   * @param {Command} cmd
   * @returns {Argument[]}
   */
  visibleArguments(cmd) {
    if (cmd._argsDescription) {
      cmd.registeredArguments.forEach((argument) => {
        argument.description = argument.description || cmd._argsDescription[argument.name()] || "";
      });
    }
    if (cmd.registeredArguments.find((argument) => argument.description)) {
      return cmd.registeredArguments;
    }
    return [];
  }
  /**
   * Get the command term to show in the list of subcommands.
   *
   * @param {Command} cmd
   * @returns {string}
   */
  subcommandTerm(cmd) {
    const args = cmd.registeredArguments.map((arg) => humanReadableArgName(arg)).join(" ");
    return cmd._name + (cmd._aliases[0] ? "|" + cmd._aliases[0] : "") + (cmd.options.length ? " [options]" : "") + // simplistic check for non-help option
    (args ? " " + args : "");
  }
  /**
   * Get the option term to show in the list of options.
   *
   * @param {Option} option
   * @returns {string}
   */
  optionTerm(option) {
    return option.flags;
  }
  /**
   * Get the argument term to show in the list of arguments.
   *
   * @param {Argument} argument
   * @returns {string}
   */
  argumentTerm(argument) {
    return argument.name();
  }
  /**
   * Get the longest command term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */
  longestSubcommandTermLength(cmd, helper) {
    return helper.visibleCommands(cmd).reduce((max, command) => {
      return Math.max(
        max,
        this.displayWidth(
          helper.styleSubcommandTerm(helper.subcommandTerm(command))
        )
      );
    }, 0);
  }
  /**
   * Get the longest option term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */
  longestOptionTermLength(cmd, helper) {
    return helper.visibleOptions(cmd).reduce((max, option) => {
      return Math.max(
        max,
        this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
      );
    }, 0);
  }
  /**
   * Get the longest global option term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */
  longestGlobalOptionTermLength(cmd, helper) {
    return helper.visibleGlobalOptions(cmd).reduce((max, option) => {
      return Math.max(
        max,
        this.displayWidth(helper.styleOptionTerm(helper.optionTerm(option)))
      );
    }, 0);
  }
  /**
   * Get the longest argument term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */
  longestArgumentTermLength(cmd, helper) {
    return helper.visibleArguments(cmd).reduce((max, argument) => {
      return Math.max(
        max,
        this.displayWidth(
          helper.styleArgumentTerm(helper.argumentTerm(argument))
        )
      );
    }, 0);
  }
  /**
   * Get the command usage to be displayed at the top of the built-in help.
   *
   * @param {Command} cmd
   * @returns {string}
   */
  commandUsage(cmd) {
    let cmdName = cmd._name;
    if (cmd._aliases[0]) {
      cmdName = cmdName + "|" + cmd._aliases[0];
    }
    let ancestorCmdNames = "";
    for (let ancestorCmd = cmd.parent; ancestorCmd; ancestorCmd = ancestorCmd.parent) {
      ancestorCmdNames = ancestorCmd.name() + " " + ancestorCmdNames;
    }
    return ancestorCmdNames + cmdName + " " + cmd.usage();
  }
  /**
   * Get the description for the command.
   *
   * @param {Command} cmd
   * @returns {string}
   */
  commandDescription(cmd) {
    return cmd.description();
  }
  /**
   * Get the subcommand summary to show in the list of subcommands.
   * (Fallback to description for backwards compatibility.)
   *
   * @param {Command} cmd
   * @returns {string}
   */
  subcommandDescription(cmd) {
    return cmd.summary() || cmd.description();
  }
  /**
   * Get the option description to show in the list of options.
   *
   * @param {Option} option
   * @return {string}
   */
  optionDescription(option) {
    const extraInfo = [];
    if (option.argChoices) {
      extraInfo.push(
        // use stringify to match the display of the default value
        `choices: ${option.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
      );
    }
    if (option.defaultValue !== void 0) {
      const showDefault = option.required || option.optional || option.isBoolean() && typeof option.defaultValue === "boolean";
      if (showDefault) {
        extraInfo.push(
          `default: ${option.defaultValueDescription || JSON.stringify(option.defaultValue)}`
        );
      }
    }
    if (option.presetArg !== void 0 && option.optional) {
      extraInfo.push(`preset: ${JSON.stringify(option.presetArg)}`);
    }
    if (option.envVar !== void 0) {
      extraInfo.push(`env: ${option.envVar}`);
    }
    if (extraInfo.length > 0) {
      const extraDescription = `(${extraInfo.join(", ")})`;
      if (option.description) {
        return `${option.description} ${extraDescription}`;
      }
      return extraDescription;
    }
    return option.description;
  }
  /**
   * Get the argument description to show in the list of arguments.
   *
   * @param {Argument} argument
   * @return {string}
   */
  argumentDescription(argument) {
    const extraInfo = [];
    if (argument.argChoices) {
      extraInfo.push(
        // use stringify to match the display of the default value
        `choices: ${argument.argChoices.map((choice) => JSON.stringify(choice)).join(", ")}`
      );
    }
    if (argument.defaultValue !== void 0) {
      extraInfo.push(
        `default: ${argument.defaultValueDescription || JSON.stringify(argument.defaultValue)}`
      );
    }
    if (extraInfo.length > 0) {
      const extraDescription = `(${extraInfo.join(", ")})`;
      if (argument.description) {
        return `${argument.description} ${extraDescription}`;
      }
      return extraDescription;
    }
    return argument.description;
  }
  /**
   * Format a list of items, given a heading and an array of formatted items.
   *
   * @param {string} heading
   * @param {string[]} items
   * @param {Help} helper
   * @returns string[]
   */
  formatItemList(heading, items, helper) {
    if (items.length === 0) return [];
    return [helper.styleTitle(heading), ...items, ""];
  }
  /**
   * Group items by their help group heading.
   *
   * @param {Command[] | Option[]} unsortedItems
   * @param {Command[] | Option[]} visibleItems
   * @param {Function} getGroup
   * @returns {Map<string, Command[] | Option[]>}
   */
  groupItems(unsortedItems, visibleItems, getGroup) {
    const result = /* @__PURE__ */ new Map();
    unsortedItems.forEach((item) => {
      const group = getGroup(item);
      if (!result.has(group)) result.set(group, []);
    });
    visibleItems.forEach((item) => {
      const group = getGroup(item);
      if (!result.has(group)) {
        result.set(group, []);
      }
      result.get(group).push(item);
    });
    return result;
  }
  /**
   * Generate the built-in help text.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {string}
   */
  formatHelp(cmd, helper) {
    const termWidth = helper.padWidth(cmd, helper);
    const helpWidth = helper.helpWidth ?? 80;
    function callFormatItem(term, description) {
      return helper.formatItem(term, termWidth, description, helper);
    }
    let output = [
      `${helper.styleTitle("Usage:")} ${helper.styleUsage(helper.commandUsage(cmd))}`,
      ""
    ];
    const commandDescription = helper.commandDescription(cmd);
    if (commandDescription.length > 0) {
      output = output.concat([
        helper.boxWrap(
          helper.styleCommandDescription(commandDescription),
          helpWidth
        ),
        ""
      ]);
    }
    const argumentList = helper.visibleArguments(cmd).map((argument) => {
      return callFormatItem(
        helper.styleArgumentTerm(helper.argumentTerm(argument)),
        helper.styleArgumentDescription(helper.argumentDescription(argument))
      );
    });
    output = output.concat(
      this.formatItemList("Arguments:", argumentList, helper)
    );
    const optionGroups = this.groupItems(
      cmd.options,
      helper.visibleOptions(cmd),
      (option) => option.helpGroupHeading ?? "Options:"
    );
    optionGroups.forEach((options, group) => {
      const optionList = options.map((option) => {
        return callFormatItem(
          helper.styleOptionTerm(helper.optionTerm(option)),
          helper.styleOptionDescription(helper.optionDescription(option))
        );
      });
      output = output.concat(this.formatItemList(group, optionList, helper));
    });
    if (helper.showGlobalOptions) {
      const globalOptionList = helper.visibleGlobalOptions(cmd).map((option) => {
        return callFormatItem(
          helper.styleOptionTerm(helper.optionTerm(option)),
          helper.styleOptionDescription(helper.optionDescription(option))
        );
      });
      output = output.concat(
        this.formatItemList("Global Options:", globalOptionList, helper)
      );
    }
    const commandGroups = this.groupItems(
      cmd.commands,
      helper.visibleCommands(cmd),
      (sub) => sub.helpGroup() || "Commands:"
    );
    commandGroups.forEach((commands, group) => {
      const commandList = commands.map((sub) => {
        return callFormatItem(
          helper.styleSubcommandTerm(helper.subcommandTerm(sub)),
          helper.styleSubcommandDescription(helper.subcommandDescription(sub))
        );
      });
      output = output.concat(this.formatItemList(group, commandList, helper));
    });
    return output.join("\n");
  }
  /**
   * Return display width of string, ignoring ANSI escape sequences. Used in padding and wrapping calculations.
   *
   * @param {string} str
   * @returns {number}
   */
  displayWidth(str) {
    return stripVTControlCharacters(str).length;
  }
  /**
   * Style the title for displaying in the help. Called with 'Usage:', 'Options:', etc.
   *
   * @param {string} str
   * @returns {string}
   */
  styleTitle(str) {
    return str;
  }
  styleUsage(str) {
    return str.split(" ").map((word2) => {
      if (word2 === "[options]") return this.styleOptionText(word2);
      if (word2 === "[command]") return this.styleSubcommandText(word2);
      if (word2[0] === "[" || word2[0] === "<")
        return this.styleArgumentText(word2);
      return this.styleCommandText(word2);
    }).join(" ");
  }
  styleCommandDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleOptionDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleSubcommandDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleArgumentDescription(str) {
    return this.styleDescriptionText(str);
  }
  styleDescriptionText(str) {
    return str;
  }
  styleOptionTerm(str) {
    return this.styleOptionText(str);
  }
  styleSubcommandTerm(str) {
    return str.split(" ").map((word2) => {
      if (word2 === "[options]") return this.styleOptionText(word2);
      if (word2[0] === "[" || word2[0] === "<")
        return this.styleArgumentText(word2);
      return this.styleSubcommandText(word2);
    }).join(" ");
  }
  styleArgumentTerm(str) {
    return this.styleArgumentText(str);
  }
  styleOptionText(str) {
    return str;
  }
  styleArgumentText(str) {
    return str;
  }
  styleSubcommandText(str) {
    return str;
  }
  styleCommandText(str) {
    return str;
  }
  /**
   * Calculate the pad width from the maximum term length.
   *
   * @param {Command} cmd
   * @param {Help} helper
   * @returns {number}
   */
  padWidth(cmd, helper) {
    return Math.max(
      helper.longestOptionTermLength(cmd, helper),
      helper.longestGlobalOptionTermLength(cmd, helper),
      helper.longestSubcommandTermLength(cmd, helper),
      helper.longestArgumentTermLength(cmd, helper)
    );
  }
  /**
   * Detect manually wrapped and indented strings by checking for line break followed by whitespace.
   *
   * @param {string} str
   * @returns {boolean}
   */
  preformatted(str) {
    return /\n[^\S\r\n]/.test(str);
  }
  /**
   * Format the "item", which consists of a term and description. Pad the term and wrap the description, indenting the following lines.
   *
   * So "TTT", 5, "DDD DDDD DD DDD" might be formatted for this.helpWidth=17 like so:
   *   TTT  DDD DDDD
   *        DD DDD
   *
   * @param {string} term
   * @param {number} termWidth
   * @param {string} description
   * @param {Help} helper
   * @returns {string}
   */
  formatItem(term, termWidth, description, helper) {
    const itemIndent = 2;
    const itemIndentStr = " ".repeat(itemIndent);
    if (!description) return itemIndentStr + term;
    const paddedTerm = term.padEnd(
      termWidth + term.length - helper.displayWidth(term)
    );
    const spacerWidth = 2;
    const helpWidth = this.helpWidth ?? 80;
    const remainingWidth = helpWidth - termWidth - spacerWidth - itemIndent;
    let formattedDescription;
    if (remainingWidth < this.minWidthToWrap || helper.preformatted(description)) {
      formattedDescription = description;
    } else {
      const wrappedDescription = helper.boxWrap(description, remainingWidth);
      formattedDescription = wrappedDescription.replace(
        /\n/g,
        "\n" + " ".repeat(termWidth + spacerWidth)
      );
    }
    return itemIndentStr + paddedTerm + " ".repeat(spacerWidth) + formattedDescription.replace(/\n/g, `
${itemIndentStr}`);
  }
  /**
   * Wrap a string at whitespace, preserving existing line breaks.
   * Wrapping is skipped if the width is less than `minWidthToWrap`.
   *
   * @param {string} str
   * @param {number} width
   * @returns {string}
   */
  boxWrap(str, width) {
    if (width < this.minWidthToWrap) return str;
    const rawLines = str.split(/\r\n|\n/);
    const chunkPattern = /[\s]*[^\s]+/g;
    const wrappedLines = [];
    rawLines.forEach((line) => {
      const chunks = line.match(chunkPattern);
      if (chunks === null) {
        wrappedLines.push("");
        return;
      }
      let sumChunks = [chunks.shift()];
      let sumWidth = this.displayWidth(sumChunks[0]);
      chunks.forEach((chunk) => {
        const visibleWidth = this.displayWidth(chunk);
        if (sumWidth + visibleWidth <= width) {
          sumChunks.push(chunk);
          sumWidth += visibleWidth;
          return;
        }
        wrappedLines.push(sumChunks.join(""));
        const nextChunk = chunk.trimStart();
        sumChunks = [nextChunk];
        sumWidth = this.displayWidth(nextChunk);
      });
      wrappedLines.push(sumChunks.join(""));
    });
    return wrappedLines.join("\n");
  }
};

// node_modules/commander/lib/option.js
var Option = class {
  /**
   * Initialize a new `Option` with the given `flags` and `description`.
   *
   * @param {string} flags
   * @param {string} [description]
   */
  constructor(flags, description) {
    this.flags = flags;
    this.description = description || "";
    this.required = flags.includes("<");
    this.optional = flags.includes("[");
    this.variadic = new RegExp("\\p{ID_Continue}\\.\\.\\.[>\\]]$", "u").test(flags);
    this.mandatory = false;
    const optionFlags = splitOptionFlags(flags);
    this.short = optionFlags.shortFlag;
    this.long = optionFlags.longFlag;
    this.negate = false;
    if (this.long) {
      this.negate = this.long.startsWith("--no-");
    }
    this.defaultValue = void 0;
    this.defaultValueDescription = void 0;
    this.presetArg = void 0;
    this.envVar = void 0;
    this.parseArg = void 0;
    this.hidden = false;
    this.argChoices = void 0;
    this.conflictsWith = [];
    this.implied = void 0;
    this.helpGroupHeading = void 0;
  }
  /**
   * Set the default value, and optionally supply the description to be displayed in the help.
   *
   * @param {*} value
   * @param {string} [description]
   * @return {Option}
   */
  default(value, description) {
    this.defaultValue = value;
    this.defaultValueDescription = description;
    return this;
  }
  /**
   * Preset to use when option used without option-argument, especially optional but also boolean and negated.
   * The custom processing (parseArg) is called.
   *
   * @example
   * new Option('--color').default('GREYSCALE').preset('RGB');
   * new Option('--donate [amount]').preset('20').argParser(parseFloat);
   *
   * @param {*} arg
   * @return {Option}
   */
  preset(arg) {
    this.presetArg = arg;
    return this;
  }
  /**
   * Add option name(s) that conflict with this option.
   * An error will be displayed if conflicting options are found during parsing.
   *
   * @example
   * new Option('--rgb').conflicts('cmyk');
   * new Option('--js').conflicts(['ts', 'jsx']);
   *
   * @param {(string | string[])} names
   * @return {Option}
   */
  conflicts(names) {
    this.conflictsWith = this.conflictsWith.concat(names);
    return this;
  }
  /**
   * Specify implied option values for when this option is set and the implied options are not.
   *
   * The custom processing (parseArg) is not called on the implied values.
   *
   * @example
   * program
   *   .addOption(new Option('--log', 'write logging information to file'))
   *   .addOption(new Option('--trace', 'log extra details').implies({ log: 'trace.txt' }));
   *
   * @param {object} impliedOptionValues
   * @return {Option}
   */
  implies(impliedOptionValues) {
    let newImplied = impliedOptionValues;
    if (typeof impliedOptionValues === "string") {
      newImplied = { [impliedOptionValues]: true };
    }
    this.implied = Object.assign(this.implied || {}, newImplied);
    return this;
  }
  /**
   * Set environment variable to check for option value.
   *
   * An environment variable is only used if when processed the current option value is
   * undefined, or the source of the current value is 'default' or 'config' or 'env'.
   *
   * @param {string} name
   * @return {Option}
   */
  env(name) {
    this.envVar = name;
    return this;
  }
  /**
   * Set the custom handler for processing CLI option arguments into option values.
   *
   * @param {Function} [fn]
   * @return {Option}
   */
  argParser(fn) {
    this.parseArg = fn;
    return this;
  }
  /**
   * Whether the option is mandatory and must have a value after parsing.
   *
   * @param {boolean} [mandatory=true]
   * @return {Option}
   */
  makeOptionMandatory(mandatory = true) {
    this.mandatory = !!mandatory;
    return this;
  }
  /**
   * Hide option in help.
   *
   * @param {boolean} [hide=true]
   * @return {Option}
   */
  hideHelp(hide = true) {
    this.hidden = !!hide;
    return this;
  }
  /**
   * @package
   */
  _collectValue(value, previous) {
    if (previous === this.defaultValue || !Array.isArray(previous)) {
      return [value];
    }
    previous.push(value);
    return previous;
  }
  /**
   * Only allow option value to be one of choices.
   *
   * @param {string[]} values
   * @return {Option}
   */
  choices(values) {
    this.argChoices = values.slice();
    this.parseArg = (arg, previous) => {
      if (!this.argChoices.includes(arg)) {
        throw new InvalidArgumentError(
          `Allowed choices are ${this.argChoices.join(", ")}.`
        );
      }
      if (this.variadic) {
        return this._collectValue(arg, previous);
      }
      return arg;
    };
    return this;
  }
  /**
   * Return option name.
   *
   * @return {string}
   */
  name() {
    if (this.long) {
      return this.long.replace(/^--/, "");
    }
    return this.short.replace(/^-/, "");
  }
  /**
   * Return option name, in a camelcase format that can be used
   * as an object attribute key.
   *
   * @return {string}
   */
  attributeName() {
    if (this.negate) {
      return camelcase(this.name().replace(/^no-/, ""));
    }
    return camelcase(this.name());
  }
  /**
   * Set the help group heading.
   *
   * @param {string} heading
   * @return {Option}
   */
  helpGroup(heading) {
    this.helpGroupHeading = heading;
    return this;
  }
  /**
   * Check if `arg` matches the short or long flag.
   *
   * @param {string} arg
   * @return {boolean}
   * @package
   */
  is(arg) {
    return this.short === arg || this.long === arg;
  }
  /**
   * Return whether a boolean option.
   *
   * Options are one of boolean, negated, required argument, or optional argument.
   *
   * @return {boolean}
   * @package
   */
  isBoolean() {
    return !this.required && !this.optional && !this.negate;
  }
};
var DualOptions = class {
  /**
   * @param {Option[]} options
   */
  constructor(options) {
    this.positiveOptions = /* @__PURE__ */ new Map();
    this.negativeOptions = /* @__PURE__ */ new Map();
    this.dualOptions = /* @__PURE__ */ new Set();
    options.forEach((option) => {
      if (option.negate) {
        this.negativeOptions.set(option.attributeName(), option);
      } else {
        this.positiveOptions.set(option.attributeName(), option);
      }
    });
    this.negativeOptions.forEach((value, key) => {
      if (this.positiveOptions.has(key)) {
        this.dualOptions.add(key);
      }
    });
  }
  /**
   * Did the value come from the option, and not from possible matching dual option?
   *
   * @param {*} value
   * @param {Option} option
   * @returns {boolean}
   */
  valueFromOption(value, option) {
    const optionKey = option.attributeName();
    if (!this.dualOptions.has(optionKey)) return true;
    const preset = this.negativeOptions.get(optionKey).presetArg;
    const negativeValue = preset !== void 0 ? preset : false;
    return option.negate === (negativeValue === value);
  }
};
function camelcase(str) {
  return str.split("-").reduce((str2, word2) => {
    return str2 + word2[0].toUpperCase() + word2.slice(1);
  });
}
function splitOptionFlags(flags) {
  let shortFlag;
  let longFlag;
  const shortFlagExp = /^-[^-]$/;
  const longFlagExp = /^--[^-]/;
  const flagParts = flags.split(/[ |,]+/).concat("guard");
  if (shortFlagExp.test(flagParts[0])) shortFlag = flagParts.shift();
  if (longFlagExp.test(flagParts[0])) longFlag = flagParts.shift();
  if (!shortFlag && shortFlagExp.test(flagParts[0]))
    shortFlag = flagParts.shift();
  if (!shortFlag && longFlagExp.test(flagParts[0])) {
    shortFlag = longFlag;
    longFlag = flagParts.shift();
  }
  if (flagParts[0].startsWith("-")) {
    const unsupportedFlag = flagParts[0];
    const baseError = `option creation failed due to '${unsupportedFlag}' in option flags '${flags}'`;
    if (/^-[^-][^-]/.test(unsupportedFlag))
      throw new Error(
        `${baseError}
- a short flag is a single dash and a single character
  - either use a single dash and a single character (for a short flag)
  - or use a double dash for a long option (and can have two, like '--ws, --workspace')`
      );
    if (shortFlagExp.test(unsupportedFlag))
      throw new Error(`${baseError}
- too many short flags`);
    if (longFlagExp.test(unsupportedFlag))
      throw new Error(`${baseError}
- too many long flags`);
    throw new Error(`${baseError}
- unrecognised flag format`);
  }
  if (shortFlag === void 0 && longFlag === void 0)
    throw new Error(
      `option creation failed due to no flags found in '${flags}'.`
    );
  return { shortFlag, longFlag };
}

// node_modules/commander/lib/suggestSimilar.js
var maxDistance = 3;
function editDistance(a, b) {
  if (Math.abs(a.length - b.length) > maxDistance)
    return Math.max(a.length, b.length);
  const d = [];
  for (let i = 0; i <= a.length; i++) {
    d[i] = [i];
  }
  for (let j = 0; j <= b.length; j++) {
    d[0][j] = j;
  }
  for (let j = 1; j <= b.length; j++) {
    for (let i = 1; i <= a.length; i++) {
      let cost;
      if (a[i - 1] === b[j - 1]) {
        cost = 0;
      } else {
        cost = 1;
      }
      d[i][j] = Math.min(
        d[i - 1][j] + 1,
        // deletion
        d[i][j - 1] + 1,
        // insertion
        d[i - 1][j - 1] + cost
        // substitution
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
      }
    }
  }
  return d[a.length][b.length];
}
function suggestSimilar(word2, candidates) {
  if (!candidates || candidates.length === 0) return "";
  candidates = Array.from(new Set(candidates));
  const searchingOptions = word2.startsWith("--");
  if (searchingOptions) {
    word2 = word2.slice(2);
    candidates = candidates.map((candidate) => candidate.slice(2));
  }
  let similar = [];
  let bestDistance = maxDistance;
  const minSimilarity = 0.4;
  candidates.forEach((candidate) => {
    if (candidate.length <= 1) return;
    const distance = editDistance(word2, candidate);
    const length = Math.max(word2.length, candidate.length);
    const similarity = (length - distance) / length;
    if (similarity > minSimilarity) {
      if (distance < bestDistance) {
        bestDistance = distance;
        similar = [candidate];
      } else if (distance === bestDistance) {
        similar.push(candidate);
      }
    }
  });
  similar.sort((a, b) => a.localeCompare(b));
  if (searchingOptions) {
    similar = similar.map((candidate) => `--${candidate}`);
  }
  if (similar.length > 1) {
    return `
(Did you mean one of ${similar.join(", ")}?)`;
  }
  if (similar.length === 1) {
    return `
(Did you mean ${similar[0]}?)`;
  }
  return "";
}

// node_modules/commander/lib/command.js
var Command = class _Command extends EventEmitter {
  /**
   * Initialize a new `Command`.
   *
   * @param {string} [name]
   */
  constructor(name) {
    super();
    this.commands = [];
    this.options = [];
    this.parent = null;
    this._allowUnknownOption = false;
    this._allowExcessArguments = false;
    this.registeredArguments = [];
    this._args = this.registeredArguments;
    this.args = [];
    this.rawArgs = [];
    this.processedArgs = [];
    this._scriptPath = null;
    this._name = name || "";
    this._optionValues = {};
    this._optionValueSources = {};
    this._storeOptionsAsProperties = false;
    this._actionHandler = null;
    this._executableHandler = false;
    this._executableFile = null;
    this._executableDir = null;
    this._defaultCommandName = null;
    this._exitCallback = null;
    this._aliases = [];
    this._combineFlagAndOptionalValue = true;
    this._description = "";
    this._summary = "";
    this._argsDescription = void 0;
    this._enablePositionalOptions = false;
    this._passThroughOptions = false;
    this._lifeCycleHooks = {};
    this._showHelpAfterError = false;
    this._showSuggestionAfterError = true;
    this._savedState = null;
    this._outputConfiguration = {
      writeOut: (str) => process2.stdout.write(str),
      writeErr: (str) => process2.stderr.write(str),
      outputError: (str, write) => write(str),
      getOutHelpWidth: () => process2.stdout.isTTY ? process2.stdout.columns : void 0,
      getErrHelpWidth: () => process2.stderr.isTTY ? process2.stderr.columns : void 0,
      getOutHasColors: () => useColor() ?? (process2.stdout.isTTY && process2.stdout.hasColors?.()),
      getErrHasColors: () => useColor() ?? (process2.stderr.isTTY && process2.stderr.hasColors?.()),
      stripColor: (str) => stripVTControlCharacters2(str)
    };
    this._hidden = false;
    this._helpOption = void 0;
    this._addImplicitHelpCommand = void 0;
    this._helpCommand = void 0;
    this._helpConfiguration = {};
    this._helpGroupHeading = void 0;
    this._defaultCommandGroup = void 0;
    this._defaultOptionGroup = void 0;
  }
  /**
   * Copy settings that are useful to have in common across root command and subcommands.
   *
   * (Used internally when adding a command using `.command()` so subcommands inherit parent settings.)
   *
   * @param {Command} sourceCommand
   * @return {Command} `this` command for chaining
   */
  copyInheritedSettings(sourceCommand) {
    this._outputConfiguration = sourceCommand._outputConfiguration;
    this._helpOption = sourceCommand._helpOption;
    this._helpCommand = sourceCommand._helpCommand;
    this._helpConfiguration = sourceCommand._helpConfiguration;
    this._exitCallback = sourceCommand._exitCallback;
    this._storeOptionsAsProperties = sourceCommand._storeOptionsAsProperties;
    this._combineFlagAndOptionalValue = sourceCommand._combineFlagAndOptionalValue;
    this._allowExcessArguments = sourceCommand._allowExcessArguments;
    this._enablePositionalOptions = sourceCommand._enablePositionalOptions;
    this._showHelpAfterError = sourceCommand._showHelpAfterError;
    this._showSuggestionAfterError = sourceCommand._showSuggestionAfterError;
    return this;
  }
  /**
   * @returns {Command[]}
   * @private
   */
  _getCommandAndAncestors() {
    const result = [];
    for (let command = this; command; command = command.parent) {
      result.push(command);
    }
    return result;
  }
  /**
   * Define a command.
   *
   * There are two styles of command: pay attention to where to put the description.
   *
   * @example
   * // Command implemented using action handler (description is supplied separately to `.command`)
   * program
   *   .command('clone <source> [destination]')
   *   .description('clone a repository into a newly created directory')
   *   .action((source, destination) => {
   *     console.log('clone command called');
   *   });
   *
   * // Command implemented using separate executable file (description is second parameter to `.command`)
   * program
   *   .command('start <service>', 'start named service')
   *   .command('stop [service]', 'stop named service, or all if no name supplied');
   *
   * @param {string} nameAndArgs - command name and arguments, args are `<required>` or `[optional]` and last may also be `variadic...`
   * @param {(object | string)} [actionOptsOrExecDesc] - configuration options (for action), or description (for executable)
   * @param {object} [execOpts] - configuration options (for executable)
   * @return {Command} returns new command for action handler, or `this` for executable command
   */
  command(nameAndArgs, actionOptsOrExecDesc, execOpts) {
    let desc = actionOptsOrExecDesc;
    let opts = execOpts;
    if (typeof desc === "object" && desc !== null) {
      opts = desc;
      desc = null;
    }
    opts = opts || {};
    const [, name, args] = nameAndArgs.match(/([^ ]+) *(.*)/);
    const cmd = this.createCommand(name);
    if (desc) {
      cmd.description(desc);
      cmd._executableHandler = true;
    }
    if (opts.isDefault) this._defaultCommandName = cmd._name;
    cmd._hidden = !!(opts.noHelp || opts.hidden);
    cmd._executableFile = opts.executableFile || null;
    if (args) cmd.arguments(args);
    this._registerCommand(cmd);
    cmd.parent = this;
    cmd.copyInheritedSettings(this);
    if (desc) return this;
    return cmd;
  }
  /**
   * Factory routine to create a new unattached command.
   *
   * See .command() for creating an attached subcommand, which uses this routine to
   * create the command. You can override createCommand to customise subcommands.
   *
   * @param {string} [name]
   * @return {Command} new command
   */
  createCommand(name) {
    return new _Command(name);
  }
  /**
   * You can customise the help with a subclass of Help by overriding createHelp,
   * or by overriding Help properties using configureHelp().
   *
   * @return {Help}
   */
  createHelp() {
    return Object.assign(new Help(), this.configureHelp());
  }
  /**
   * You can customise the help by overriding Help properties using configureHelp(),
   * or with a subclass of Help by overriding createHelp().
   *
   * @param {object} [configuration] - configuration options
   * @return {(Command | object)} `this` command for chaining, or stored configuration
   */
  configureHelp(configuration) {
    if (configuration === void 0) return this._helpConfiguration;
    this._helpConfiguration = configuration;
    return this;
  }
  /**
   * The default output goes to stdout and stderr. You can customise this for special
   * applications. You can also customise the display of errors by overriding outputError.
   *
   * The configuration properties are all functions:
   *
   *     // change how output being written, defaults to stdout and stderr
   *     writeOut(str)
   *     writeErr(str)
   *     // change how output being written for errors, defaults to writeErr
   *     outputError(str, write) // used for displaying errors and not used for displaying help
   *     // specify width for wrapping help
   *     getOutHelpWidth()
   *     getErrHelpWidth()
   *     // color support, currently only used with Help
   *     getOutHasColors()
   *     getErrHasColors()
   *     stripColor() // used to remove ANSI escape codes if output does not have colors
   *
   * @param {object} [configuration] - configuration options
   * @return {(Command | object)} `this` command for chaining, or stored configuration
   */
  configureOutput(configuration) {
    if (configuration === void 0) return this._outputConfiguration;
    this._outputConfiguration = {
      ...this._outputConfiguration,
      ...configuration
    };
    return this;
  }
  /**
   * Display the help or a custom message after an error occurs.
   *
   * @param {(boolean|string)} [displayHelp]
   * @return {Command} `this` command for chaining
   */
  showHelpAfterError(displayHelp = true) {
    if (typeof displayHelp !== "string") displayHelp = !!displayHelp;
    this._showHelpAfterError = displayHelp;
    return this;
  }
  /**
   * Display suggestion of similar commands for unknown commands, or options for unknown options.
   *
   * @param {boolean} [displaySuggestion]
   * @return {Command} `this` command for chaining
   */
  showSuggestionAfterError(displaySuggestion = true) {
    this._showSuggestionAfterError = !!displaySuggestion;
    return this;
  }
  /**
   * Add a prepared subcommand.
   *
   * See .command() for creating an attached subcommand which inherits settings from its parent.
   *
   * @param {Command} cmd - new subcommand
   * @param {object} [opts] - configuration options
   * @return {Command} `this` command for chaining
   */
  addCommand(cmd, opts) {
    if (!cmd._name) {
      throw new Error(`Command passed to .addCommand() must have a name
- specify the name in Command constructor or using .name()`);
    }
    opts = opts || {};
    if (opts.isDefault) this._defaultCommandName = cmd._name;
    if (opts.noHelp || opts.hidden) cmd._hidden = true;
    this._registerCommand(cmd);
    cmd.parent = this;
    cmd._checkForBrokenPassThrough();
    return this;
  }
  /**
   * Factory routine to create a new unattached argument.
   *
   * See .argument() for creating an attached argument, which uses this routine to
   * create the argument. You can override createArgument to return a custom argument.
   *
   * @param {string} name
   * @param {string} [description]
   * @return {Argument} new argument
   */
  createArgument(name, description) {
    return new Argument(name, description);
  }
  /**
   * Define argument syntax for command.
   *
   * The default is that the argument is required, and you can explicitly
   * indicate this with <> around the name. Put [] around the name for an optional argument.
   *
   * @example
   * program.argument('<input-file>');
   * program.argument('[output-file]');
   *
   * @param {string} name
   * @param {string} [description]
   * @param {(Function|*)} [parseArg] - custom argument processing function or default value
   * @param {*} [defaultValue]
   * @return {Command} `this` command for chaining
   */
  argument(name, description, parseArg, defaultValue) {
    const argument = this.createArgument(name, description);
    if (typeof parseArg === "function") {
      argument.default(defaultValue).argParser(parseArg);
    } else {
      argument.default(parseArg);
    }
    this.addArgument(argument);
    return this;
  }
  /**
   * Define argument syntax for command, adding multiple at once (without descriptions).
   *
   * See also .argument().
   *
   * @example
   * program.arguments('<cmd> [env]');
   *
   * @param {string} names
   * @return {Command} `this` command for chaining
   */
  arguments(names) {
    names.trim().split(/ +/).forEach((detail) => {
      this.argument(detail);
    });
    return this;
  }
  /**
   * Define argument syntax for command, adding a prepared argument.
   *
   * @param {Argument} argument
   * @return {Command} `this` command for chaining
   */
  addArgument(argument) {
    const previousArgument = this.registeredArguments.slice(-1)[0];
    if (previousArgument?.variadic) {
      throw new Error(
        `only the last argument can be variadic '${previousArgument.name()}'`
      );
    }
    if (argument.required && argument.defaultValue !== void 0 && argument.parseArg === void 0) {
      throw new Error(
        `a default value for a required argument is never used: '${argument.name()}'`
      );
    }
    this.registeredArguments.push(argument);
    return this;
  }
  /**
   * Customise or override default help command. By default a help command is automatically added if your command has subcommands.
   *
   * @example
   *    program.helpCommand('help [cmd]');
   *    program.helpCommand('help [cmd]', 'show help');
   *    program.helpCommand(false); // suppress default help command
   *    program.helpCommand(true); // add help command even if no subcommands
   *
   * @param {string|boolean} enableOrNameAndArgs - enable with custom name and/or arguments, or boolean to override whether added
   * @param {string} [description] - custom description
   * @return {Command} `this` command for chaining
   */
  helpCommand(enableOrNameAndArgs, description) {
    if (typeof enableOrNameAndArgs === "boolean") {
      this._addImplicitHelpCommand = enableOrNameAndArgs;
      if (enableOrNameAndArgs && this._defaultCommandGroup) {
        this._initCommandGroup(this._getHelpCommand());
      }
      return this;
    }
    const nameAndArgs = enableOrNameAndArgs ?? "help [command]";
    const [, helpName, helpArgs] = nameAndArgs.match(/([^ ]+) *(.*)/);
    const helpDescription = description ?? "display help for command";
    const helpCommand = this.createCommand(helpName);
    helpCommand.helpOption(false);
    if (helpArgs) helpCommand.arguments(helpArgs);
    if (helpDescription) helpCommand.description(helpDescription);
    this._addImplicitHelpCommand = true;
    this._helpCommand = helpCommand;
    if (enableOrNameAndArgs || description) this._initCommandGroup(helpCommand);
    return this;
  }
  /**
   * Add prepared custom help command.
   *
   * @param {(Command|string|boolean)} helpCommand - custom help command, or deprecated enableOrNameAndArgs as for `.helpCommand()`
   * @param {string} [deprecatedDescription] - deprecated custom description used with custom name only
   * @return {Command} `this` command for chaining
   */
  addHelpCommand(helpCommand, deprecatedDescription) {
    if (typeof helpCommand !== "object") {
      this.helpCommand(helpCommand, deprecatedDescription);
      return this;
    }
    this._addImplicitHelpCommand = true;
    this._helpCommand = helpCommand;
    this._initCommandGroup(helpCommand);
    return this;
  }
  /**
   * Lazy create help command.
   *
   * @return {(Command|null)}
   * @package
   */
  _getHelpCommand() {
    const hasImplicitHelpCommand = this._addImplicitHelpCommand ?? (this.commands.length && !this._actionHandler && !this._findCommand("help"));
    if (hasImplicitHelpCommand) {
      if (this._helpCommand === void 0) {
        this.helpCommand(void 0, void 0);
      }
      return this._helpCommand;
    }
    return null;
  }
  /**
   * Add hook for life cycle event.
   *
   * @param {string} event
   * @param {Function} listener
   * @return {Command} `this` command for chaining
   */
  hook(event, listener) {
    const allowedValues = ["preSubcommand", "preAction", "postAction"];
    if (!allowedValues.includes(event)) {
      throw new Error(`Unexpected value for event passed to hook : '${event}'.
Expecting one of '${allowedValues.join("', '")}'`);
    }
    if (this._lifeCycleHooks[event]) {
      this._lifeCycleHooks[event].push(listener);
    } else {
      this._lifeCycleHooks[event] = [listener];
    }
    return this;
  }
  /**
   * Register callback to use as replacement for calling process.exit.
   *
   * @param {Function} [fn] optional callback which will be passed a CommanderError, defaults to throwing
   * @return {Command} `this` command for chaining
   */
  exitOverride(fn) {
    if (fn) {
      this._exitCallback = fn;
    } else {
      this._exitCallback = (err) => {
        if (err.code !== "commander.executeSubCommandAsync") {
          throw err;
        } else {
        }
      };
    }
    return this;
  }
  /**
   * Call process.exit, and _exitCallback if defined.
   *
   * @param {number} exitCode exit code for using with process.exit
   * @param {string} code an id string representing the error
   * @param {string} message human-readable description of the error
   * @return never
   * @private
   */
  _exit(exitCode, code, message) {
    if (this._exitCallback) {
      this._exitCallback(new CommanderError(exitCode, code, message));
    }
    process2.exit(exitCode);
  }
  /**
   * Register callback `fn` for the command.
   *
   * @example
   * program
   *   .command('serve')
   *   .description('start service')
   *   .action(function() {
   *      // do work here
   *   });
   *
   * @param {Function} fn
   * @return {Command} `this` command for chaining
   */
  action(fn) {
    const listener = (args) => {
      const expectedArgsCount = this.registeredArguments.length;
      const actionArgs = args.slice(0, expectedArgsCount);
      if (this._storeOptionsAsProperties) {
        actionArgs[expectedArgsCount] = this;
      } else {
        actionArgs[expectedArgsCount] = this.opts();
      }
      actionArgs.push(this);
      return fn.apply(this, actionArgs);
    };
    this._actionHandler = listener;
    return this;
  }
  /**
   * Factory routine to create a new unattached option.
   *
   * See .option() for creating an attached option, which uses this routine to
   * create the option. You can override createOption to return a custom option.
   *
   * @param {string} flags
   * @param {string} [description]
   * @return {Option} new option
   */
  createOption(flags, description) {
    return new Option(flags, description);
  }
  /**
   * Wrap parseArgs to catch 'commander.invalidArgument'.
   *
   * @param {(Option | Argument)} target
   * @param {string} value
   * @param {*} previous
   * @param {string} invalidArgumentMessage
   * @private
   */
  _callParseArg(target, value, previous, invalidArgumentMessage) {
    try {
      return target.parseArg(value, previous);
    } catch (err) {
      if (err.code === "commander.invalidArgument") {
        const message = `${invalidArgumentMessage} ${err.message}`;
        this.error(message, { exitCode: err.exitCode, code: err.code });
      }
      throw err;
    }
  }
  /**
   * Check for option flag conflicts.
   * Register option if no conflicts found, or throw on conflict.
   *
   * @param {Option} option
   * @private
   */
  _registerOption(option) {
    const matchingOption = option.short && this._findOption(option.short) || option.long && this._findOption(option.long);
    if (matchingOption) {
      const matchingFlag = option.long && this._findOption(option.long) ? option.long : option.short;
      throw new Error(`Cannot add option '${option.flags}'${this._name && ` to command '${this._name}'`} due to conflicting flag '${matchingFlag}'
-  already used by option '${matchingOption.flags}'`);
    }
    this._initOptionGroup(option);
    this.options.push(option);
  }
  /**
   * Check for command name and alias conflicts with existing commands.
   * Register command if no conflicts found, or throw on conflict.
   *
   * @param {Command} command
   * @private
   */
  _registerCommand(command) {
    const knownBy = (cmd) => {
      return [cmd.name()].concat(cmd.aliases());
    };
    const alreadyUsed = knownBy(command).find(
      (name) => this._findCommand(name)
    );
    if (alreadyUsed) {
      const existingCmd = knownBy(this._findCommand(alreadyUsed)).join("|");
      const newCmd = knownBy(command).join("|");
      throw new Error(
        `cannot add command '${newCmd}' as already have command '${existingCmd}'`
      );
    }
    this._initCommandGroup(command);
    this.commands.push(command);
  }
  /**
   * Add an option.
   *
   * @param {Option} option
   * @return {Command} `this` command for chaining
   */
  addOption(option) {
    this._registerOption(option);
    const oname = option.name();
    const name = option.attributeName();
    if (option.defaultValue !== void 0) {
      this.setOptionValueWithSource(name, option.defaultValue, "default");
    }
    const handleOptionValue = (val, invalidValueMessage, valueSource) => {
      if (val == null && option.presetArg !== void 0) {
        val = option.presetArg;
      }
      const oldValue = this.getOptionValue(name);
      if (val !== null && option.parseArg) {
        val = this._callParseArg(option, val, oldValue, invalidValueMessage);
      } else if (val !== null && option.variadic) {
        val = option._collectValue(val, oldValue);
      }
      if (val == null) {
        if (option.negate) {
          val = false;
        } else if (option.isBoolean() || option.optional) {
          val = true;
        } else {
          val = "";
        }
      }
      this.setOptionValueWithSource(name, val, valueSource);
    };
    this.on("option:" + oname, (val) => {
      const invalidValueMessage = `error: option '${option.flags}' argument '${val}' is invalid.`;
      handleOptionValue(val, invalidValueMessage, "cli");
    });
    if (option.envVar) {
      this.on("optionEnv:" + oname, (val) => {
        const invalidValueMessage = `error: option '${option.flags}' value '${val}' from env '${option.envVar}' is invalid.`;
        handleOptionValue(val, invalidValueMessage, "env");
      });
    }
    return this;
  }
  /**
   * Internal implementation shared by .option() and .requiredOption()
   *
   * @return {Command} `this` command for chaining
   * @private
   */
  _optionEx(config, flags, description, fn, defaultValue) {
    if (typeof flags === "object" && flags instanceof Option) {
      throw new Error(
        "To add an Option object use addOption() instead of option() or requiredOption()"
      );
    }
    const option = this.createOption(flags, description);
    option.makeOptionMandatory(!!config.mandatory);
    if (typeof fn === "function") {
      option.default(defaultValue).argParser(fn);
    } else if (fn instanceof RegExp) {
      const regex = fn;
      fn = (val, def) => {
        const m = regex.exec(val);
        return m ? m[0] : def;
      };
      option.default(defaultValue).argParser(fn);
    } else {
      option.default(fn);
    }
    return this.addOption(option);
  }
  /**
   * Define option with `flags`, `description`, and optional argument parsing function or `defaultValue` or both.
   *
   * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space. A required
   * option-argument is indicated by `<>` and an optional option-argument by `[]`.
   *
   * See the README for more details, and see also addOption() and requiredOption().
   *
   * @example
   * program
   *     .option('-p, --pepper', 'add pepper')
   *     .option('--pt, --pizza-type <TYPE>', 'type of pizza') // required option-argument
   *     .option('-c, --cheese [CHEESE]', 'add extra cheese', 'mozzarella') // optional option-argument with default
   *     .option('-t, --tip <VALUE>', 'add tip to purchase cost', parseFloat) // custom parse function
   *
   * @param {string} flags
   * @param {string} [description]
   * @param {(Function|*)} [parseArg] - custom option processing function or default value
   * @param {*} [defaultValue]
   * @return {Command} `this` command for chaining
   */
  option(flags, description, parseArg, defaultValue) {
    return this._optionEx({}, flags, description, parseArg, defaultValue);
  }
  /**
   * Add a required option which must have a value after parsing. This usually means
   * the option must be specified on the command line. (Otherwise the same as .option().)
   *
   * The `flags` string contains the short and/or long flags, separated by comma, a pipe or space.
   *
   * @param {string} flags
   * @param {string} [description]
   * @param {(Function|*)} [parseArg] - custom option processing function or default value
   * @param {*} [defaultValue]
   * @return {Command} `this` command for chaining
   */
  requiredOption(flags, description, parseArg, defaultValue) {
    return this._optionEx(
      { mandatory: true },
      flags,
      description,
      parseArg,
      defaultValue
    );
  }
  /**
   * Alter parsing of short flags with optional values.
   *
   * @example
   * // for `.option('-f,--flag [value]'):
   * program.combineFlagAndOptionalValue(true);  // `-f80` is treated like `--flag=80`, this is the default behaviour
   * program.combineFlagAndOptionalValue(false) // `-fb` is treated like `-f -b`
   *
   * @param {boolean} [combine] - if `true` or omitted, an optional value can be specified directly after the flag.
   * @return {Command} `this` command for chaining
   */
  combineFlagAndOptionalValue(combine = true) {
    this._combineFlagAndOptionalValue = !!combine;
    return this;
  }
  /**
   * Allow unknown options on the command line.
   *
   * @param {boolean} [allowUnknown] - if `true` or omitted, no error will be thrown for unknown options.
   * @return {Command} `this` command for chaining
   */
  allowUnknownOption(allowUnknown = true) {
    this._allowUnknownOption = !!allowUnknown;
    return this;
  }
  /**
   * Allow excess command-arguments on the command line. Pass false to make excess arguments an error.
   *
   * @param {boolean} [allowExcess] - if `true` or omitted, no error will be thrown for excess arguments.
   * @return {Command} `this` command for chaining
   */
  allowExcessArguments(allowExcess = true) {
    this._allowExcessArguments = !!allowExcess;
    return this;
  }
  /**
   * Enable positional options. Positional means global options are specified before subcommands which lets
   * subcommands reuse the same option names, and also enables subcommands to turn on passThroughOptions.
   * The default behaviour is non-positional and global options may appear anywhere on the command line.
   *
   * @param {boolean} [positional]
   * @return {Command} `this` command for chaining
   */
  enablePositionalOptions(positional = true) {
    this._enablePositionalOptions = !!positional;
    return this;
  }
  /**
   * Pass through options that come after command-arguments rather than treat them as command-options,
   * so actual command-options come before command-arguments. Turning this on for a subcommand requires
   * positional options to have been enabled on the program (parent commands).
   * The default behaviour is non-positional and options may appear before or after command-arguments.
   *
   * @param {boolean} [passThrough] for unknown options.
   * @return {Command} `this` command for chaining
   */
  passThroughOptions(passThrough = true) {
    this._passThroughOptions = !!passThrough;
    this._checkForBrokenPassThrough();
    return this;
  }
  /**
   * @private
   */
  _checkForBrokenPassThrough() {
    if (this.parent && this._passThroughOptions && !this.parent._enablePositionalOptions) {
      throw new Error(
        `passThroughOptions cannot be used for '${this._name}' without turning on enablePositionalOptions for parent command(s)`
      );
    }
  }
  /**
   * Whether to store option values as properties on command object,
   * or store separately (specify false). In both cases the option values can be accessed using .opts().
   *
   * @param {boolean} [storeAsProperties=true]
   * @return {Command} `this` command for chaining
   */
  storeOptionsAsProperties(storeAsProperties = true) {
    if (this.options.length) {
      throw new Error("call .storeOptionsAsProperties() before adding options");
    }
    if (Object.keys(this._optionValues).length) {
      throw new Error(
        "call .storeOptionsAsProperties() before setting option values"
      );
    }
    this._storeOptionsAsProperties = !!storeAsProperties;
    return this;
  }
  /**
   * Retrieve option value.
   *
   * @param {string} key
   * @return {object} value
   */
  getOptionValue(key) {
    if (this._storeOptionsAsProperties) {
      return this[key];
    }
    return this._optionValues[key];
  }
  /**
   * Store option value.
   *
   * @param {string} key
   * @param {object} value
   * @return {Command} `this` command for chaining
   */
  setOptionValue(key, value) {
    return this.setOptionValueWithSource(key, value, void 0);
  }
  /**
   * Store option value and where the value came from.
   *
   * @param {string} key
   * @param {object} value
   * @param {string} source - expected values are default/config/env/cli/implied
   * @return {Command} `this` command for chaining
   */
  setOptionValueWithSource(key, value, source) {
    if (this._storeOptionsAsProperties) {
      this[key] = value;
    } else {
      this._optionValues[key] = value;
    }
    this._optionValueSources[key] = source;
    return this;
  }
  /**
   * Get source of option value.
   * Expected values are default | config | env | cli | implied
   *
   * @param {string} key
   * @return {string}
   */
  getOptionValueSource(key) {
    return this._optionValueSources[key];
  }
  /**
   * Get source of option value. See also .optsWithGlobals().
   * Expected values are default | config | env | cli | implied
   *
   * @param {string} key
   * @return {string}
   */
  getOptionValueSourceWithGlobals(key) {
    let source;
    this._getCommandAndAncestors().forEach((cmd) => {
      if (Object.hasOwn(cmd._optionValueSources, key)) {
        source = cmd.getOptionValueSource(key);
      }
    });
    return source;
  }
  /**
   * Get user arguments from implied or explicit arguments.
   * Side-effects: set _scriptPath if args included script. Used for default program name, and subcommand searches.
   *
   * @private
   */
  _prepareUserArgs(argv, parseOptions) {
    if (argv !== void 0 && !Array.isArray(argv)) {
      throw new Error("first parameter to parse must be array or undefined");
    }
    parseOptions = parseOptions || {};
    if (argv === void 0 && parseOptions.from === void 0) {
      if (process2.versions?.electron) {
        parseOptions.from = "electron";
      }
      const execArgv = process2.execArgv ?? [];
      if (execArgv.includes("-e") || execArgv.includes("--eval") || execArgv.includes("-p") || execArgv.includes("--print")) {
        parseOptions.from = "eval";
      }
    }
    if (argv === void 0) {
      argv = process2.argv;
    }
    this.rawArgs = argv.slice();
    let userArgs;
    switch (parseOptions.from) {
      case void 0:
      case "node":
        this._scriptPath = argv[1];
        userArgs = argv.slice(2);
        break;
      case "electron":
        if (process2.defaultApp) {
          this._scriptPath = argv[1];
          userArgs = argv.slice(2);
        } else {
          userArgs = argv.slice(1);
        }
        break;
      case "user":
        userArgs = argv.slice(0);
        break;
      case "eval":
        userArgs = argv.slice(1);
        break;
      default:
        throw new Error(
          `unexpected parse option { from: '${parseOptions.from}' }`
        );
    }
    if (!this._name && this._scriptPath)
      this.nameFromFilename(this._scriptPath);
    this._name = this._name || "program";
    return userArgs;
  }
  /**
   * Parse `argv`, setting options and invoking commands when defined.
   *
   * Use parseAsync instead of parse if any of your action handlers are async.
   *
   * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
   *
   * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
   * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
   * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
   * - `'user'`: just user arguments
   *
   * @example
   * program.parse(); // parse process.argv and auto-detect electron and special node flags
   * program.parse(process.argv); // assume argv[0] is app and argv[1] is script
   * program.parse(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
   *
   * @param {string[]} [argv] - optional, defaults to process.argv
   * @param {object} [parseOptions] - optionally specify style of options with from: node/user/electron
   * @param {string} [parseOptions.from] - where the args are from: 'node', 'user', 'electron'
   * @return {Command} `this` command for chaining
   */
  parse(argv, parseOptions) {
    this._prepareForParse();
    const userArgs = this._prepareUserArgs(argv, parseOptions);
    this._parseCommand([], userArgs);
    return this;
  }
  /**
   * Parse `argv`, setting options and invoking commands when defined.
   *
   * Call with no parameters to parse `process.argv`. Detects Electron and special node options like `node --eval`. Easy mode!
   *
   * Or call with an array of strings to parse, and optionally where the user arguments start by specifying where the arguments are `from`:
   * - `'node'`: default, `argv[0]` is the application and `argv[1]` is the script being run, with user arguments after that
   * - `'electron'`: `argv[0]` is the application and `argv[1]` varies depending on whether the electron application is packaged
   * - `'user'`: just user arguments
   *
   * @example
   * await program.parseAsync(); // parse process.argv and auto-detect electron and special node flags
   * await program.parseAsync(process.argv); // assume argv[0] is app and argv[1] is script
   * await program.parseAsync(my-args, { from: 'user' }); // just user supplied arguments, nothing special about argv[0]
   *
   * @param {string[]} [argv]
   * @param {object} [parseOptions]
   * @param {string} parseOptions.from - where the args are from: 'node', 'user', 'electron'
   * @return {Promise}
   */
  async parseAsync(argv, parseOptions) {
    this._prepareForParse();
    const userArgs = this._prepareUserArgs(argv, parseOptions);
    await this._parseCommand([], userArgs);
    return this;
  }
  _prepareForParse() {
    if (this._savedState === null) {
      this.options.filter(
        (option) => option.negate && option.defaultValue === void 0 && this.getOptionValue(option.attributeName()) === void 0
      ).forEach((option) => {
        const positiveLongFlag = option.long.replace(/^--no-/, "--");
        if (!this._findOption(positiveLongFlag)) {
          this.setOptionValueWithSource(
            option.attributeName(),
            true,
            "default"
          );
        }
      });
      this.saveStateBeforeParse();
    } else {
      this.restoreStateBeforeParse();
    }
  }
  /**
   * Called the first time parse is called to save state and allow a restore before subsequent calls to parse.
   * Not usually called directly, but available for subclasses to save their custom state.
   *
   * This is called in a lazy way. Only commands used in parsing chain will have state saved.
   */
  saveStateBeforeParse() {
    this._savedState = {
      // name is stable if supplied by author, but may be unspecified for root command and deduced during parsing
      _name: this._name,
      // option values before parse have default values (including false for negated options)
      // shallow clones
      _optionValues: { ...this._optionValues },
      _optionValueSources: { ...this._optionValueSources }
    };
  }
  /**
   * Restore state before parse for calls after the first.
   * Not usually called directly, but available for subclasses to save their custom state.
   *
   * This is called in a lazy way. Only commands used in parsing chain will have state restored.
   */
  restoreStateBeforeParse() {
    if (this._storeOptionsAsProperties)
      throw new Error(`Can not call parse again when storeOptionsAsProperties is true.
- either make a new Command for each call to parse, or stop storing options as properties`);
    this._name = this._savedState._name;
    this._scriptPath = null;
    this.rawArgs = [];
    this._optionValues = { ...this._savedState._optionValues };
    this._optionValueSources = { ...this._savedState._optionValueSources };
    this.args = [];
    this.processedArgs = [];
  }
  /**
   * Throw if expected executable is missing. Add lots of help for author.
   *
   * @param {string} executableFile
   * @param {string} executableDir
   * @param {string} subcommandName
   */
  _checkForMissingExecutable(executableFile, executableDir, subcommandName) {
    if (fs.existsSync(executableFile)) return;
    const executableDirMessage = executableDir ? `searched for local subcommand relative to directory '${executableDir}'` : "no directory for search for local subcommand, use .executableDir() to supply a custom directory";
    const executableMissing = `'${executableFile}' does not exist
 - if '${subcommandName}' is not meant to be an executable command, remove description parameter from '.command()' and use '.description()' instead
 - if the default executable name is not suitable, use the executableFile option to supply a custom name or path
 - ${executableDirMessage}`;
    throw new Error(executableMissing);
  }
  /**
   * Execute a sub-command executable.
   *
   * @private
   */
  _executeSubCommand(subcommand, args) {
    args = args.slice();
    const sourceExt = [".js", ".ts", ".tsx", ".mjs", ".cjs"];
    function findFile(baseDir, baseName) {
      const localBin = path.resolve(baseDir, baseName);
      if (fs.existsSync(localBin)) return localBin;
      if (sourceExt.includes(path.extname(baseName))) return void 0;
      const foundExt = sourceExt.find(
        (ext) => fs.existsSync(`${localBin}${ext}`)
      );
      if (foundExt) return `${localBin}${foundExt}`;
      return void 0;
    }
    this._checkForMissingMandatoryOptions();
    this._checkForConflictingOptions();
    let executableFile = subcommand._executableFile || `${this._name}-${subcommand._name}`;
    let executableDir = this._executableDir || "";
    if (this._scriptPath) {
      let resolvedScriptPath;
      try {
        resolvedScriptPath = fs.realpathSync(this._scriptPath);
      } catch {
        resolvedScriptPath = this._scriptPath;
      }
      executableDir = path.resolve(
        path.dirname(resolvedScriptPath),
        executableDir
      );
    }
    if (executableDir) {
      let localFile = findFile(executableDir, executableFile);
      if (!localFile && !subcommand._executableFile && this._scriptPath) {
        const legacyName = path.basename(
          this._scriptPath,
          path.extname(this._scriptPath)
        );
        if (legacyName !== this._name) {
          localFile = findFile(
            executableDir,
            `${legacyName}-${subcommand._name}`
          );
        }
      }
      executableFile = localFile || executableFile;
    }
    const launchWithNode = sourceExt.includes(path.extname(executableFile));
    let proc;
    if (process2.platform !== "win32") {
      if (launchWithNode) {
        args.unshift(executableFile);
        args = incrementNodeInspectorPort(process2.execArgv).concat(args);
        proc = childProcess.spawn(process2.argv[0], args, { stdio: "inherit" });
      } else {
        proc = childProcess.spawn(executableFile, args, { stdio: "inherit" });
      }
    } else {
      this._checkForMissingExecutable(
        executableFile,
        executableDir,
        subcommand._name
      );
      args.unshift(executableFile);
      args = incrementNodeInspectorPort(process2.execArgv).concat(args);
      proc = childProcess.spawn(process2.execPath, args, { stdio: "inherit" });
    }
    if (!proc.killed) {
      const signals = ["SIGUSR1", "SIGUSR2", "SIGTERM", "SIGINT", "SIGHUP"];
      signals.forEach((signal) => {
        process2.on(signal, () => {
          if (proc.killed === false && proc.exitCode === null) {
            proc.kill(signal);
          }
        });
      });
    }
    const exitCallback = this._exitCallback;
    proc.on("close", (code) => {
      code = code ?? 1;
      if (!exitCallback) {
        process2.exit(code);
      } else {
        exitCallback(
          new CommanderError(
            code,
            "commander.executeSubCommandAsync",
            "(close)"
          )
        );
      }
    });
    proc.on("error", (err) => {
      if (err.code === "ENOENT") {
        this._checkForMissingExecutable(
          executableFile,
          executableDir,
          subcommand._name
        );
      } else if (err.code === "EACCES") {
        throw new Error(`'${executableFile}' not executable`);
      }
      if (!exitCallback) {
        process2.exit(1);
      } else {
        const wrappedError = new CommanderError(
          1,
          "commander.executeSubCommandAsync",
          "(error)"
        );
        wrappedError.nestedError = err;
        exitCallback(wrappedError);
      }
    });
    this.runningCommand = proc;
  }
  /**
   * @private
   */
  _dispatchSubcommand(commandName, operands, unknown) {
    const subCommand = this._findCommand(commandName);
    if (!subCommand) this.help({ error: true });
    subCommand._prepareForParse();
    let promiseChain;
    promiseChain = this._chainOrCallSubCommandHook(
      promiseChain,
      subCommand,
      "preSubcommand"
    );
    promiseChain = this._chainOrCall(promiseChain, () => {
      if (subCommand._executableHandler) {
        this._executeSubCommand(subCommand, operands.concat(unknown));
      } else {
        return subCommand._parseCommand(operands, unknown);
      }
    });
    return promiseChain;
  }
  /**
   * Invoke help directly if possible, or dispatch if necessary.
   * e.g. help foo
   *
   * @private
   */
  _dispatchHelpCommand(subcommandName) {
    if (!subcommandName) {
      this.help();
    }
    const subCommand = this._findCommand(subcommandName);
    if (subCommand && !subCommand._executableHandler) {
      subCommand.help();
    }
    return this._dispatchSubcommand(
      subcommandName,
      [],
      [this._getHelpOption()?.long ?? this._getHelpOption()?.short ?? "--help"]
    );
  }
  /**
   * Check this.args against expected this.registeredArguments.
   *
   * @private
   */
  _checkNumberOfArguments() {
    this.registeredArguments.forEach((arg, i) => {
      if (arg.required && this.args[i] == null) {
        this.missingArgument(arg.name());
      }
    });
    if (this.registeredArguments.length > 0 && this.registeredArguments[this.registeredArguments.length - 1].variadic) {
      return;
    }
    if (this.args.length > this.registeredArguments.length) {
      this._excessArguments(this.args);
    }
  }
  /**
   * Process this.args using this.registeredArguments and save as this.processedArgs!
   *
   * @private
   */
  _processArguments() {
    const myParseArg = (argument, value, previous) => {
      let parsedValue = value;
      if (value !== null && argument.parseArg) {
        const invalidValueMessage = `error: command-argument value '${value}' is invalid for argument '${argument.name()}'.`;
        parsedValue = this._callParseArg(
          argument,
          value,
          previous,
          invalidValueMessage
        );
      }
      return parsedValue;
    };
    this._checkNumberOfArguments();
    const processedArgs = [];
    this.registeredArguments.forEach((declaredArg, index) => {
      let value = declaredArg.defaultValue;
      if (declaredArg.variadic) {
        if (index < this.args.length) {
          value = this.args.slice(index);
          if (declaredArg.parseArg) {
            value = value.reduce((processed, v) => {
              return myParseArg(declaredArg, v, processed);
            }, declaredArg.defaultValue);
          }
        } else if (value === void 0) {
          value = [];
        }
      } else if (index < this.args.length) {
        value = this.args[index];
        if (declaredArg.parseArg) {
          value = myParseArg(declaredArg, value, declaredArg.defaultValue);
        }
      }
      processedArgs[index] = value;
    });
    this.processedArgs = processedArgs;
  }
  /**
   * Once we have a promise we chain, but call synchronously until then.
   *
   * @param {(Promise|undefined)} promise
   * @param {Function} fn
   * @return {(Promise|undefined)}
   * @private
   */
  _chainOrCall(promise, fn) {
    if (promise?.then && typeof promise.then === "function") {
      return promise.then(() => fn());
    }
    return fn();
  }
  /**
   *
   * @param {(Promise|undefined)} promise
   * @param {string} event
   * @return {(Promise|undefined)}
   * @private
   */
  _chainOrCallHooks(promise, event) {
    let result = promise;
    const hooks = [];
    this._getCommandAndAncestors().reverse().filter((cmd) => cmd._lifeCycleHooks[event] !== void 0).forEach((hookedCommand) => {
      hookedCommand._lifeCycleHooks[event].forEach((callback) => {
        hooks.push({ hookedCommand, callback });
      });
    });
    if (event === "postAction") {
      hooks.reverse();
    }
    hooks.forEach((hookDetail) => {
      result = this._chainOrCall(result, () => {
        return hookDetail.callback(hookDetail.hookedCommand, this);
      });
    });
    return result;
  }
  /**
   *
   * @param {(Promise|undefined)} promise
   * @param {Command} subCommand
   * @param {string} event
   * @return {(Promise|undefined)}
   * @private
   */
  _chainOrCallSubCommandHook(promise, subCommand, event) {
    let result = promise;
    if (this._lifeCycleHooks[event] !== void 0) {
      this._lifeCycleHooks[event].forEach((hook) => {
        result = this._chainOrCall(result, () => {
          return hook(this, subCommand);
        });
      });
    }
    return result;
  }
  /**
   * Process arguments in context of this command.
   * Returns action result, in case it is a promise.
   *
   * @private
   */
  _parseCommand(operands, unknown) {
    const parsed = this.parseOptions(unknown);
    this._parseOptionsEnv();
    this._parseOptionsImplied();
    operands = operands.concat(parsed.operands);
    unknown = parsed.unknown;
    this.args = operands.concat(unknown);
    if (operands && this._findCommand(operands[0])) {
      return this._dispatchSubcommand(operands[0], operands.slice(1), unknown);
    }
    if (this._getHelpCommand() && operands[0] === this._getHelpCommand().name()) {
      return this._dispatchHelpCommand(operands[1]);
    }
    if (this._defaultCommandName) {
      this._outputHelpIfRequested(unknown);
      return this._dispatchSubcommand(
        this._defaultCommandName,
        operands,
        unknown
      );
    }
    if (this.commands.length && this.args.length === 0 && !this._actionHandler && !this._defaultCommandName) {
      this.help({ error: true });
    }
    this._outputHelpIfRequested(parsed.unknown);
    this._checkForMissingMandatoryOptions();
    this._checkForConflictingOptions();
    const checkForUnknownOptions = () => {
      if (parsed.unknown.length > 0) {
        this.unknownOption(parsed.unknown[0]);
      }
    };
    const commandEvent = `command:${this.name()}`;
    if (this._actionHandler) {
      checkForUnknownOptions();
      this._processArguments();
      let promiseChain;
      promiseChain = this._chainOrCallHooks(promiseChain, "preAction");
      promiseChain = this._chainOrCall(
        promiseChain,
        () => this._actionHandler(this.processedArgs)
      );
      if (this.parent) {
        promiseChain = this._chainOrCall(promiseChain, () => {
          this.parent.emit(commandEvent, operands, unknown);
        });
      }
      promiseChain = this._chainOrCallHooks(promiseChain, "postAction");
      return promiseChain;
    }
    if (this.parent?.listenerCount(commandEvent)) {
      checkForUnknownOptions();
      this._processArguments();
      this.parent.emit(commandEvent, operands, unknown);
    } else if (operands.length) {
      if (this._findCommand("*")) {
        return this._dispatchSubcommand("*", operands, unknown);
      }
      if (this.listenerCount("command:*")) {
        this.emit("command:*", operands, unknown);
      } else if (this.commands.length) {
        this.unknownCommand();
      } else {
        checkForUnknownOptions();
        this._processArguments();
      }
    } else if (this.commands.length) {
      checkForUnknownOptions();
      this.help({ error: true });
    } else {
      checkForUnknownOptions();
      this._processArguments();
    }
  }
  /**
   * Find matching command.
   *
   * @private
   * @return {Command | undefined}
   */
  _findCommand(name) {
    if (!name) return void 0;
    return this.commands.find(
      (cmd) => cmd._name === name || cmd._aliases.includes(name)
    );
  }
  /**
   * Return an option matching `arg` if any.
   *
   * @param {string} arg
   * @return {Option}
   * @package
   */
  _findOption(arg) {
    return this.options.find((option) => option.is(arg));
  }
  /**
   * Display an error message if a mandatory option does not have a value.
   * Called after checking for help flags in leaf subcommand.
   *
   * @private
   */
  _checkForMissingMandatoryOptions() {
    this._getCommandAndAncestors().forEach((cmd) => {
      cmd.options.forEach((anOption) => {
        if (anOption.mandatory && cmd.getOptionValue(anOption.attributeName()) === void 0) {
          cmd.missingMandatoryOptionValue(anOption);
        }
      });
    });
  }
  /**
   * Display an error message if conflicting options are used together in this.
   *
   * @private
   */
  _checkForConflictingLocalOptions() {
    const definedNonDefaultOptions = this.options.filter((option) => {
      const optionKey = option.attributeName();
      if (this.getOptionValue(optionKey) === void 0) {
        return false;
      }
      return this.getOptionValueSource(optionKey) !== "default";
    });
    const optionsWithConflicting = definedNonDefaultOptions.filter(
      (option) => option.conflictsWith.length > 0
    );
    optionsWithConflicting.forEach((option) => {
      const conflictingAndDefined = definedNonDefaultOptions.find(
        (defined) => option.conflictsWith.includes(defined.attributeName())
      );
      if (conflictingAndDefined) {
        this._conflictingOption(option, conflictingAndDefined);
      }
    });
  }
  /**
   * Display an error message if conflicting options are used together.
   * Called after checking for help flags in leaf subcommand.
   *
   * @private
   */
  _checkForConflictingOptions() {
    this._getCommandAndAncestors().forEach((cmd) => {
      cmd._checkForConflictingLocalOptions();
    });
  }
  /**
   * Parse options from `argv` removing known options,
   * and return argv split into operands and unknown arguments.
   *
   * Side effects: modifies command by storing options. Does not reset state if called again.
   *
   * Examples:
   *
   *     argv => operands, unknown
   *     --known kkk op => [op], []
   *     op --known kkk => [op], []
   *     sub --unknown uuu op => [sub], [--unknown uuu op]
   *     sub -- --unknown uuu op => [sub --unknown uuu op], []
   *
   * @param {string[]} args
   * @return {{operands: string[], unknown: string[]}}
   */
  parseOptions(args) {
    const operands = [];
    const unknown = [];
    let dest = operands;
    function maybeOption(arg) {
      return arg.length > 1 && arg[0] === "-";
    }
    const negativeNumberArg = (arg) => {
      if (!/^-(\d+|\d*\.\d+)([eE][+-]?\d+)?$/.test(arg)) return false;
      return !this._getCommandAndAncestors().some(
        (cmd) => cmd.options.map((opt) => opt.short).some((short) => /^-\d$/.test(short))
      );
    };
    let activeVariadicOption = null;
    let activeGroup = null;
    let i = 0;
    while (i < args.length || activeGroup) {
      const arg = activeGroup ?? args[i++];
      activeGroup = null;
      if (arg === "--") {
        if (dest === unknown) dest.push(arg);
        dest.push(...args.slice(i));
        break;
      }
      if (activeVariadicOption && (!maybeOption(arg) || negativeNumberArg(arg))) {
        this.emit(`option:${activeVariadicOption.name()}`, arg);
        continue;
      }
      activeVariadicOption = null;
      if (maybeOption(arg)) {
        const option = this._findOption(arg);
        if (option) {
          if (option.required) {
            const value = args[i++];
            if (value === void 0) this.optionMissingArgument(option);
            this.emit(`option:${option.name()}`, value);
          } else if (option.optional) {
            let value = null;
            if (i < args.length && (!maybeOption(args[i]) || negativeNumberArg(args[i]))) {
              value = args[i++];
            }
            this.emit(`option:${option.name()}`, value);
          } else {
            this.emit(`option:${option.name()}`);
          }
          activeVariadicOption = option.variadic ? option : null;
          continue;
        }
      }
      if (arg.length > 2 && arg[0] === "-" && arg[1] !== "-") {
        const option = this._findOption(`-${arg[1]}`);
        if (option) {
          if (option.required || option.optional && this._combineFlagAndOptionalValue) {
            this.emit(`option:${option.name()}`, arg.slice(2));
          } else {
            this.emit(`option:${option.name()}`);
            activeGroup = `-${arg.slice(2)}`;
          }
          continue;
        }
      }
      if (/^--[^=]+=/.test(arg)) {
        const index = arg.indexOf("=");
        const option = this._findOption(arg.slice(0, index));
        if (option && (option.required || option.optional)) {
          this.emit(`option:${option.name()}`, arg.slice(index + 1));
          continue;
        }
      }
      if (dest === operands && maybeOption(arg) && !(this.commands.length === 0 && negativeNumberArg(arg))) {
        dest = unknown;
      }
      if ((this._enablePositionalOptions || this._passThroughOptions) && operands.length === 0 && unknown.length === 0) {
        if (this._findCommand(arg)) {
          operands.push(arg);
          unknown.push(...args.slice(i));
          break;
        } else if (this._getHelpCommand() && arg === this._getHelpCommand().name()) {
          operands.push(arg, ...args.slice(i));
          break;
        } else if (this._defaultCommandName) {
          unknown.push(arg, ...args.slice(i));
          break;
        }
      }
      if (this._passThroughOptions) {
        dest.push(arg, ...args.slice(i));
        break;
      }
      dest.push(arg);
    }
    return { operands, unknown };
  }
  /**
   * Return an object containing local option values as key-value pairs.
   *
   * @return {object}
   */
  opts() {
    if (this._storeOptionsAsProperties) {
      const result = {};
      const len = this.options.length;
      for (let i = 0; i < len; i++) {
        const key = this.options[i].attributeName();
        result[key] = key === this._versionOptionName ? this._version : this[key];
      }
      return result;
    }
    return this._optionValues;
  }
  /**
   * Return an object containing merged local and global option values as key-value pairs.
   *
   * @return {object}
   */
  optsWithGlobals() {
    return this._getCommandAndAncestors().reduce(
      (combinedOptions, cmd) => Object.assign(combinedOptions, cmd.opts()),
      {}
    );
  }
  /**
   * Display error message and exit (or call exitOverride).
   *
   * @param {string} message
   * @param {object} [errorOptions]
   * @param {string} [errorOptions.code] - an id string representing the error
   * @param {number} [errorOptions.exitCode] - used with process.exit
   */
  error(message, errorOptions) {
    this._outputConfiguration.outputError(
      `${message}
`,
      this._outputConfiguration.writeErr
    );
    if (typeof this._showHelpAfterError === "string") {
      this._outputConfiguration.writeErr(`${this._showHelpAfterError}
`);
    } else if (this._showHelpAfterError) {
      this._outputConfiguration.writeErr("\n");
      this.outputHelp({ error: true });
    }
    const config = errorOptions || {};
    const exitCode = config.exitCode || 1;
    const code = config.code || "commander.error";
    this._exit(exitCode, code, message);
  }
  /**
   * Apply any option related environment variables, if option does
   * not have a value from cli or client code.
   *
   * @private
   */
  _parseOptionsEnv() {
    this.options.forEach((option) => {
      if (option.envVar && option.envVar in process2.env) {
        const optionKey = option.attributeName();
        if (this.getOptionValue(optionKey) === void 0 || ["default", "config", "env"].includes(
          this.getOptionValueSource(optionKey)
        )) {
          if (option.required || option.optional) {
            this.emit(`optionEnv:${option.name()}`, process2.env[option.envVar]);
          } else {
            this.emit(`optionEnv:${option.name()}`);
          }
        }
      }
    });
  }
  /**
   * Apply any implied option values, if option is undefined or default value.
   *
   * @private
   */
  _parseOptionsImplied() {
    const dualHelper = new DualOptions(this.options);
    const hasCustomOptionValue = (optionKey) => {
      return this.getOptionValue(optionKey) !== void 0 && !["default", "implied"].includes(this.getOptionValueSource(optionKey));
    };
    this.options.filter(
      (option) => option.implied !== void 0 && hasCustomOptionValue(option.attributeName()) && dualHelper.valueFromOption(
        this.getOptionValue(option.attributeName()),
        option
      )
    ).forEach((option) => {
      Object.keys(option.implied).filter((impliedKey) => !hasCustomOptionValue(impliedKey)).forEach((impliedKey) => {
        this.setOptionValueWithSource(
          impliedKey,
          option.implied[impliedKey],
          "implied"
        );
      });
    });
  }
  /**
   * Argument `name` is missing.
   *
   * @param {string} name
   * @private
   */
  missingArgument(name) {
    const message = `error: missing required argument '${name}'`;
    this.error(message, { code: "commander.missingArgument" });
  }
  /**
   * `Option` is missing an argument.
   *
   * @param {Option} option
   * @private
   */
  optionMissingArgument(option) {
    const message = `error: option '${option.flags}' argument missing`;
    this.error(message, { code: "commander.optionMissingArgument" });
  }
  /**
   * `Option` does not have a value, and is a mandatory option.
   *
   * @param {Option} option
   * @private
   */
  missingMandatoryOptionValue(option) {
    const message = `error: required option '${option.flags}' not specified`;
    this.error(message, { code: "commander.missingMandatoryOptionValue" });
  }
  /**
   * `Option` conflicts with another option.
   *
   * @param {Option} option
   * @param {Option} conflictingOption
   * @private
   */
  _conflictingOption(option, conflictingOption) {
    const findBestOptionFromValue = (option2) => {
      const optionKey = option2.attributeName();
      const optionValue = this.getOptionValue(optionKey);
      const negativeOption = this.options.find(
        (target) => target.negate && optionKey === target.attributeName()
      );
      const positiveOption = this.options.find(
        (target) => !target.negate && optionKey === target.attributeName()
      );
      if (negativeOption && (negativeOption.presetArg === void 0 && optionValue === false || negativeOption.presetArg !== void 0 && optionValue === negativeOption.presetArg)) {
        return negativeOption;
      }
      return positiveOption || option2;
    };
    const getErrorMessage = (option2) => {
      const bestOption = findBestOptionFromValue(option2);
      const optionKey = bestOption.attributeName();
      const source = this.getOptionValueSource(optionKey);
      if (source === "env") {
        return `environment variable '${bestOption.envVar}'`;
      }
      return `option '${bestOption.flags}'`;
    };
    const message = `error: ${getErrorMessage(option)} cannot be used with ${getErrorMessage(conflictingOption)}`;
    this.error(message, { code: "commander.conflictingOption" });
  }
  /**
   * Unknown option `flag`.
   *
   * @param {string} flag
   * @private
   */
  unknownOption(flag) {
    if (this._allowUnknownOption) return;
    let suggestion = "";
    if (flag.startsWith("--") && this._showSuggestionAfterError) {
      let candidateFlags = [];
      let command = this;
      do {
        const moreFlags = command.createHelp().visibleOptions(command).filter((option) => option.long).map((option) => option.long);
        candidateFlags = candidateFlags.concat(moreFlags);
        command = command.parent;
      } while (command && !command._enablePositionalOptions);
      suggestion = suggestSimilar(flag, candidateFlags);
    }
    const message = `error: unknown option '${flag}'${suggestion}`;
    this.error(message, { code: "commander.unknownOption" });
  }
  /**
   * Excess arguments, more than expected.
   *
   * @param {string[]} receivedArgs
   * @private
   */
  _excessArguments(receivedArgs) {
    if (this._allowExcessArguments) return;
    const expected = this.registeredArguments.length;
    const s = expected === 1 ? "" : "s";
    const received = receivedArgs.length;
    const forSubcommand = this.parent ? ` for '${this.name()}'` : "";
    const details = receivedArgs.join(", ");
    const message = `error: too many arguments${forSubcommand}. Expected ${expected} argument${s} but got ${received}: ${details}.`;
    this.error(message, { code: "commander.excessArguments" });
  }
  /**
   * Unknown command.
   *
   * @private
   */
  unknownCommand() {
    const unknownName = this.args[0];
    let suggestion = "";
    if (this._showSuggestionAfterError) {
      const candidateNames = [];
      this.createHelp().visibleCommands(this).forEach((command) => {
        candidateNames.push(command.name());
        if (command.alias()) candidateNames.push(command.alias());
      });
      suggestion = suggestSimilar(unknownName, candidateNames);
    }
    const message = `error: unknown command '${unknownName}'${suggestion}`;
    this.error(message, { code: "commander.unknownCommand" });
  }
  /**
   * Get or set the program version.
   *
   * This method auto-registers the "-V, --version" option which will print the version number.
   *
   * You can optionally supply the flags and description to override the defaults.
   *
   * @param {string} [str]
   * @param {string} [flags]
   * @param {string} [description]
   * @return {(this | string | undefined)} `this` command for chaining, or version string if no arguments
   */
  version(str, flags, description) {
    if (str === void 0) return this._version;
    this._version = str;
    flags = flags || "-V, --version";
    description = description || "output the version number";
    const versionOption = this.createOption(flags, description);
    this._versionOptionName = versionOption.attributeName();
    this._registerOption(versionOption);
    this.on("option:" + versionOption.name(), () => {
      this._outputConfiguration.writeOut(`${str}
`);
      this._exit(0, "commander.version", str);
    });
    return this;
  }
  /**
   * Set the description.
   *
   * @param {string} [str]
   * @param {object} [argsDescription]
   * @return {(string|Command)}
   */
  description(str, argsDescription) {
    if (str === void 0 && argsDescription === void 0)
      return this._description;
    this._description = str;
    if (argsDescription) {
      this._argsDescription = argsDescription;
    }
    return this;
  }
  /**
   * Set the summary. Used when listed as subcommand of parent.
   *
   * @param {string} [str]
   * @return {(string|Command)}
   */
  summary(str) {
    if (str === void 0) return this._summary;
    this._summary = str;
    return this;
  }
  /**
   * Set an alias for the command.
   *
   * You may call more than once to add multiple aliases. Only the first alias is shown in the auto-generated help.
   *
   * @param {string} [alias]
   * @return {(string|Command)}
   */
  alias(alias) {
    if (alias === void 0) return this._aliases[0];
    let command = this;
    if (this.commands.length !== 0 && this.commands[this.commands.length - 1]._executableHandler) {
      command = this.commands[this.commands.length - 1];
    }
    if (alias === command._name)
      throw new Error("Command alias can't be the same as its name");
    const matchingCommand = this.parent?._findCommand(alias);
    if (matchingCommand) {
      const existingCmd = [matchingCommand.name()].concat(matchingCommand.aliases()).join("|");
      throw new Error(
        `cannot add alias '${alias}' to command '${this.name()}' as already have command '${existingCmd}'`
      );
    }
    command._aliases.push(alias);
    return this;
  }
  /**
   * Set aliases for the command.
   *
   * Only the first alias is shown in the auto-generated help.
   *
   * @param {string[]} [aliases]
   * @return {(string[]|Command)}
   */
  aliases(aliases) {
    if (aliases === void 0) return this._aliases;
    aliases.forEach((alias) => this.alias(alias));
    return this;
  }
  /**
   * Set / get the command usage `str`.
   *
   * @param {string} [str]
   * @return {(string|Command)}
   */
  usage(str) {
    if (str === void 0) {
      if (this._usage) return this._usage;
      const args = this.registeredArguments.map((arg) => {
        return humanReadableArgName(arg);
      });
      return [].concat(
        this.options.length || this._helpOption !== null ? "[options]" : [],
        this.commands.length ? "[command]" : [],
        this.registeredArguments.length ? args : []
      ).join(" ");
    }
    this._usage = str;
    return this;
  }
  /**
   * Get or set the name of the command.
   *
   * @param {string} [str]
   * @return {(string|Command)}
   */
  name(str) {
    if (str === void 0) return this._name;
    this._name = str;
    return this;
  }
  /**
   * Set/get the help group heading for this subcommand in parent command's help.
   *
   * @param {string} [heading]
   * @return {Command | string}
   */
  helpGroup(heading) {
    if (heading === void 0) return this._helpGroupHeading ?? "";
    this._helpGroupHeading = heading;
    return this;
  }
  /**
   * Set/get the default help group heading for subcommands added to this command.
   * (This does not override a group set directly on the subcommand using .helpGroup().)
   *
   * @example
   * program.commandsGroup('Development Commands:');
   * program.command('watch')...
   * program.command('lint')...
   * ...
   *
   * @param {string} [heading]
   * @returns {Command | string}
   */
  commandsGroup(heading) {
    if (heading === void 0) return this._defaultCommandGroup ?? "";
    this._defaultCommandGroup = heading;
    return this;
  }
  /**
   * Set/get the default help group heading for options added to this command.
   * (This does not override a group set directly on the option using .helpGroup().)
   *
   * @example
   * program
   *   .optionsGroup('Development Options:')
   *   .option('-d, --debug', 'output extra debugging')
   *   .option('-p, --profile', 'output profiling information')
   *
   * @param {string} [heading]
   * @returns {Command | string}
   */
  optionsGroup(heading) {
    if (heading === void 0) return this._defaultOptionGroup ?? "";
    this._defaultOptionGroup = heading;
    return this;
  }
  /**
   * @param {Option} option
   * @private
   */
  _initOptionGroup(option) {
    if (this._defaultOptionGroup && !option.helpGroupHeading)
      option.helpGroup(this._defaultOptionGroup);
  }
  /**
   * @param {Command} cmd
   * @private
   */
  _initCommandGroup(cmd) {
    if (this._defaultCommandGroup && !cmd.helpGroup())
      cmd.helpGroup(this._defaultCommandGroup);
  }
  /**
   * Set the name of the command from script filename, such as process.argv[1],
   * or import.meta.filename.
   *
   * (Used internally and public although not documented in README.)
   *
   * @example
   * program.nameFromFilename(import.meta.filename);
   *
   * @param {string} filename
   * @return {Command}
   */
  nameFromFilename(filename) {
    this._name = path.basename(filename, path.extname(filename));
    return this;
  }
  /**
   * Get or set the directory for searching for executable subcommands of this command.
   *
   * @example
   * program.executableDir(import.meta.dirname);
   * // or
   * program.executableDir('subcommands');
   *
   * @param {string} [path]
   * @return {(string|null|Command)}
   */
  executableDir(path2) {
    if (path2 === void 0) return this._executableDir;
    this._executableDir = path2;
    return this;
  }
  /**
   * Return program help documentation.
   *
   * @param {{ error: boolean }} [contextOptions] - pass {error:true} to wrap for stderr instead of stdout
   * @return {string}
   */
  helpInformation(contextOptions) {
    const helper = this.createHelp();
    const context = this._getOutputContext(contextOptions);
    helper.prepareContext({
      error: context.error,
      helpWidth: context.helpWidth,
      outputHasColors: context.hasColors
    });
    const text = helper.formatHelp(this, helper);
    if (context.hasColors) return text;
    return this._outputConfiguration.stripColor(text);
  }
  /**
   * @typedef HelpContext
   * @type {object}
   * @property {boolean} error
   * @property {number} helpWidth
   * @property {boolean} hasColors
   * @property {function} write - includes stripColor if needed
   *
   * @returns {HelpContext}
   * @private
   */
  _getOutputContext(contextOptions) {
    contextOptions = contextOptions || {};
    const error = !!contextOptions.error;
    let baseWrite;
    let hasColors;
    let helpWidth;
    if (error) {
      baseWrite = (str) => this._outputConfiguration.writeErr(str);
      hasColors = this._outputConfiguration.getErrHasColors();
      helpWidth = this._outputConfiguration.getErrHelpWidth();
    } else {
      baseWrite = (str) => this._outputConfiguration.writeOut(str);
      hasColors = this._outputConfiguration.getOutHasColors();
      helpWidth = this._outputConfiguration.getOutHelpWidth();
    }
    const write = (str) => {
      if (!hasColors) str = this._outputConfiguration.stripColor(str);
      return baseWrite(str);
    };
    return { error, write, hasColors, helpWidth };
  }
  /**
   * Output help information for this command.
   *
   * Outputs built-in help, and custom text added using `.addHelpText()`.
   *
   * @param {{ error: boolean } | Function} [contextOptions] - pass {error:true} to write to stderr instead of stdout
   */
  outputHelp(contextOptions) {
    let deprecatedCallback;
    if (typeof contextOptions === "function") {
      deprecatedCallback = contextOptions;
      contextOptions = void 0;
    }
    const outputContext = this._getOutputContext(contextOptions);
    const eventContext = {
      error: outputContext.error,
      write: outputContext.write,
      command: this
    };
    this._getCommandAndAncestors().reverse().forEach((command) => command.emit("beforeAllHelp", eventContext));
    this.emit("beforeHelp", eventContext);
    let helpInformation = this.helpInformation({ error: outputContext.error });
    if (deprecatedCallback) {
      helpInformation = deprecatedCallback(helpInformation);
      if (typeof helpInformation !== "string" && !Buffer.isBuffer(helpInformation)) {
        throw new Error("outputHelp callback must return a string or a Buffer");
      }
    }
    outputContext.write(helpInformation);
    if (this._getHelpOption()?.long) {
      this.emit(this._getHelpOption().long);
    }
    this.emit("afterHelp", eventContext);
    this._getCommandAndAncestors().forEach(
      (command) => command.emit("afterAllHelp", eventContext)
    );
  }
  /**
   * You can pass in flags and a description to customise the built-in help option.
   * Pass in false to disable the built-in help option.
   *
   * @example
   * program.helpOption('-?, --help', 'show help'); // customise
   * program.helpOption(false); // disable
   *
   * @param {(string | boolean)} flags
   * @param {string} [description]
   * @return {Command} `this` command for chaining
   */
  helpOption(flags, description) {
    if (typeof flags === "boolean") {
      if (flags) {
        if (this._helpOption === null) this._helpOption = void 0;
        if (this._defaultOptionGroup) {
          this._initOptionGroup(this._getHelpOption());
        }
      } else {
        this._helpOption = null;
      }
      return this;
    }
    this._helpOption = this.createOption(
      flags ?? "-h, --help",
      description ?? "display help for command"
    );
    if (flags || description) this._initOptionGroup(this._helpOption);
    return this;
  }
  /**
   * Lazy create help option.
   * Returns null if has been disabled with .helpOption(false).
   *
   * @returns {(Option | null)} the help option
   * @package
   */
  _getHelpOption() {
    if (this._helpOption === void 0) {
      this.helpOption(void 0, void 0);
    }
    return this._helpOption;
  }
  /**
   * Supply your own option to use for the built-in help option.
   * This is an alternative to using helpOption() to customise the flags and description etc.
   *
   * @param {Option} option
   * @return {Command} `this` command for chaining
   */
  addHelpOption(option) {
    this._helpOption = option;
    this._initOptionGroup(option);
    return this;
  }
  /**
   * Output help information and exit.
   *
   * Outputs built-in help, and custom text added using `.addHelpText()`.
   *
   * @param {{ error: boolean }} [contextOptions] - pass {error:true} to write to stderr instead of stdout
   */
  help(contextOptions) {
    this.outputHelp(contextOptions);
    let exitCode = Number(process2.exitCode ?? 0);
    if (exitCode === 0 && contextOptions && typeof contextOptions !== "function" && contextOptions.error) {
      exitCode = 1;
    }
    this._exit(exitCode, "commander.help", "(outputHelp)");
  }
  /**
   * // Do a little typing to coordinate emit and listener for the help text events.
   * @typedef HelpTextEventContext
   * @type {object}
   * @property {boolean} error
   * @property {Command} command
   * @property {function} write
   */
  /**
   * Add additional text to be displayed with the built-in help.
   *
   * Position is 'before' or 'after' to affect just this command,
   * and 'beforeAll' or 'afterAll' to affect this command and all its subcommands.
   *
   * @param {string} position - before or after built-in help
   * @param {(string | Function)} text - string to add, or a function returning a string
   * @return {Command} `this` command for chaining
   */
  addHelpText(position, text) {
    const allowedValues = ["beforeAll", "before", "after", "afterAll"];
    if (!allowedValues.includes(position)) {
      throw new Error(`Unexpected value for position to addHelpText.
Expecting one of '${allowedValues.join("', '")}'`);
    }
    const helpEvent = `${position}Help`;
    this.on(helpEvent, (context) => {
      let helpStr;
      if (typeof text === "function") {
        helpStr = text({ error: context.error, command: context.command });
      } else {
        helpStr = text;
      }
      if (helpStr) {
        context.write(`${helpStr}
`);
      }
    });
    return this;
  }
  /**
   * Output help information if help flags specified
   *
   * @param {Array} args - array of options to search for help flags
   * @private
   */
  _outputHelpIfRequested(args) {
    const helpOption = this._getHelpOption();
    const helpRequested = helpOption && args.find((arg) => helpOption.is(arg));
    if (helpRequested) {
      this.outputHelp();
      this._exit(0, "commander.helpDisplayed", "(outputHelp)");
    }
  }
};
function incrementNodeInspectorPort(args) {
  return args.map((arg) => {
    if (!arg.startsWith("--inspect")) {
      return arg;
    }
    let debugOption;
    let debugHost = "127.0.0.1";
    let debugPort = "9229";
    let match;
    if ((match = arg.match(/^(--inspect(-brk|-wait)?)$/)) !== null) {
      debugOption = match[1];
    } else if ((match = arg.match(
      /^(--inspect(-brk|-port|-wait)?)=(\[[^\]]+\]|[^:]+)$/
    )) !== null) {
      debugOption = match[1];
      if (/^\d+$/.test(match[3])) {
        debugPort = match[3];
      } else {
        debugHost = match[3];
      }
    } else if ((match = arg.match(
      /^(--inspect(-brk|-port|-wait)?)=(\[[^\]]+\]|[^:]+):(\d+)$/
    )) !== null) {
      debugOption = match[1];
      debugHost = match[3];
      debugPort = match[4];
    }
    if (debugOption && debugPort !== "0") {
      return `${debugOption}=${debugHost}:${parseInt(debugPort) + 1}`;
    }
    return arg;
  });
}
function useColor() {
  if (process2.env.NO_COLOR || process2.env.FORCE_COLOR === "0" || process2.env.FORCE_COLOR === "false")
    return false;
  if (process2.env.FORCE_COLOR || process2.env.CLICOLOR_FORCE !== void 0)
    return true;
  return void 0;
}

// node_modules/commander/index.js
var program = new Command();

// src/commands/present/terminal-text.ts
var CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;
var DECEPTIVE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb]|[\u{e0000}-\u{e0fff}]/gu;
var NUMERIC_REFERENCE = /&#(x[0-9a-f]{1,8}|[0-9]{1,8});?/gi;
function printableText(text) {
  return text.replaceAll("\r\n", "\n").replace(CONTROL, "");
}
function printableMarkdown(text) {
  return printableText(text).replace(NUMERIC_REFERENCE, (whole, digits) => {
    const code = /^x/i.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
    const isControl = code < 32 && code !== 9 && code !== 10 || code >= 127 && code < 160;
    return isControl ? "" : whole;
  });
}
function visibleText(text) {
  return text.replace(DECEPTIVE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\u27E8U+${code.toString(16).toUpperCase().padStart(4, "0")}\u27E9`;
  });
}
function oneLine(text, characters) {
  const line = visibleText(
    text.slice(0, characters * 4).replace(/\s+/g, " ").trim()
  );
  const points = [...line];
  if (points.length <= characters && text.length <= characters * 4) return line;
  return `${points.slice(0, Math.max(characters - 1, 0)).join("")}\u2026`;
}

// src/commands/present/call.ts
var LONGEST = 100;
var sentences = {
  files_list: (values) => `list ${word(values.path) ?? "."}${values.recursive === true ? " and all below" : ""}`,
  files_read: (values) => named("read", values.path),
  files_search: (values) => {
    const what = word(values.pattern);
    return what === void 0 ? void 0 : `search \u201C${what}\u201D in ${word(values.path) ?? "."}`;
  },
  shell_run: (values) => {
    const command = word(values.command);
    return command === void 0 ? void 0 : `run \`${command}\``;
  },
  read_more: () => "read more of a long output"
};
function callSummary(name, values) {
  const fields = typeof values === "object" && values !== null && !Array.isArray(values) ? values : {};
  const known = Object.hasOwn(sentences, name) ? sentences[name]?.(fields) : void 0;
  if (known !== void 0) return oneLine(known, LONGEST);
  const list5 = Object.entries(fields).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`
  );
  return oneLine([name, ...list5].join(" "), LONGEST);
}
var effectWords = {
  read: "reads, changes nothing",
  state: "changes only loopd's own notes",
  write: "changes files",
  exec: "runs a program with your full rights",
  ui: "operates other programs' windows",
  network: "talks to the network",
  schedule: "plans work for later"
};
var outcomeMarks = {
  ok: "\u2713",
  error: "\u2717",
  invalid: "\u2717",
  denied: "\u2298",
  "timed-out": "\u29D6",
  cancelled: "\u2298",
  unknown: "?"
};
function word(value) {
  return typeof value === "string" && value !== "" ? value : void 0;
}
function named(verb, value) {
  const name = word(value);
  return name === void 0 ? void 0 : `${verb} ${name}`;
}

// src/commands/present/approval.ts
var approvalChoices = [
  { title: "Approve", resolution: "approved" },
  { title: "Deny", resolution: "denied" }
];
var recoveryChoices = [
  { title: "It Happened", resolution: "answered", answer: "happened" },
  { title: "Run It Again", resolution: "answered", answer: "again" },
  { title: "Skip It", resolution: "answered", answer: "skip" }
];
var LONGEST_RATIONALE = 500;
function presentApproval(card) {
  const { facts } = card;
  const sections = [];
  const add2 = (label, text, isVerbatim) => {
    if (text !== void 0 && text !== "") sections.push({ label, text: visibleText(text), isVerbatim });
  };
  if (card.type === "recovery") {
    add2(
      "What happened",
      "The helper ended while this was running, so loopd cannot know whether it took effect.",
      false
    );
  }
  add2("Tool", card.effect === void 0 ? card.tool : `${card.tool}: ${effectWords[card.effect]}`, false);
  add2("Arguments", argumentText(card.arguments), true);
  add2("Preview", previewOf(card), true);
  add2("Touches", facts?.paths?.join("\n"), true);
  add2("Working folder", card.workspace, false);
  if (facts?.isProtected === true) add2("Careful", "this touches a folder that loopd protects", false);
  else if (facts?.inWorkspace === false) add2("Careful", "this touches places outside the working folder", false);
  add2("Asked because", card.causes.map((cause) => `${causeWords[cause.type]} (${cause.source})`).join("; "), false);
  add2("The model says", card.rationale === void 0 ? void 0 : oneLine(card.rationale, LONGEST_RATIONALE), false);
  return { title: titleOf(card), sections, choices: card.type === "recovery" ? recoveryChoices : approvalChoices };
}
function approvalText(view) {
  const parts = view.sections.map(({ label, text, isVerbatim }) => {
    const isBlock = isVerbatim || text.includes("\n");
    return isBlock ? `  ${label}:
${text.replace(/^/gm, "    ")}` : `  ${label}: ${text}`;
  });
  return [view.title, ...parts].join("\n");
}
var causeWords = {
  taint: "text from elsewhere may have suggested it",
  rehydration: "a hidden value would be sent in clear",
  rescued: "the call was repaired from damaged output",
  "secure-field": "it touches a password field",
  "hook-change": "a hook changed the arguments",
  image: "an image would be sent"
};
function titleOf(card) {
  const summary = callSummary(card.tool, card.arguments);
  if (card.type === "recovery") return `What became of this? ${summary}`;
  return `${card.type === "question" ? "A question" : "May loopd do this?"} ${summary}`;
}
function argumentText(values) {
  if (typeof values !== "object" || values === null || Array.isArray(values)) return JSON.stringify(values, null, 2);
  const entries = Object.entries(values);
  if (entries.length === 0) return "(none)";
  return entries.map(([key, value]) => {
    if (typeof value !== "string") return `${key}: ${JSON.stringify(value)}`;
    return value.includes("\n") ? `${key}:
${value.replace(/^/gm, "  | ")}` : `${key}: ${value}`;
  }).join("\n");
}
function previewOf({ facts, arguments: values }) {
  const preview = facts?.preview;
  const isShown = typeof values === "object" && values !== null && Object.values(values).includes(preview ?? "");
  return isShown ? void 0 : preview;
}

// src/commands/present/quantity.ts
function duration(ms) {
  if (ms < 1e3) return `${Math.round(ms)} ms`;
  if (ms < 59950) return `${(ms / 1e3).toFixed(1)} s`;
  const seconds = Math.round(ms / 1e3);
  if (seconds < 3600) return both(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return both(Math.floor(minutes / 60), "h", minutes % 60, "min");
}
function both(large, largeUnit, small, smallUnit) {
  return `${large} ${largeUnit}${small === 0 ? "" : ` ${small} ${smallUnit}`}`;
}
function byteSize(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1e3;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
function count(value) {
  if (value < 1e4) return value.toLocaleString("en-US");
  return value < 999950 ? `${(value / 1e3).toFixed(1)}k` : `${(value / 1e6).toFixed(1)}M`;
}
function plural(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}
function ago(at, now) {
  const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1e3));
  if (Number.isNaN(seconds)) return at;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${plural(Math.floor(seconds / 86400), "day")} ago`;
}

// src/commands/cli/card-desk.ts
import { userInfo } from "node:os";
function answeredBy() {
  try {
    return `cli (${userInfo().username})`;
  } catch {
    return "cli";
  }
}
async function askForCard({ card, request, elsewhere }) {
  const { isCancel, select, text } = await import("./chunks/dist-RL6ZS3GK.mjs");
  const view = presentApproval(card);
  const terminal = { input: process.stdin, output: process.stderr, signal: elsewhere };
  process.stderr.write(`
${approvalText(view)}
`);
  const options = view.choices.map(({ title }) => ({ value: title, label: title }));
  options.push({ value: "later", label: "Leave it for later" });
  const first = options[card.type === "recovery" ? options.length - 1 : 0]?.value;
  const picked = await select({ message: "Your answer", options, initialValue: first, ...terminal });
  if (isCancel(picked)) return elsewhere.aborted ? "elsewhere" : "interrupted";
  const choice = view.choices.find(({ title }) => title === picked);
  if (choice === void 0) return "later";
  let reason;
  if (choice.resolution === "denied") {
    const words3 = await text({
      message: "Why not? The model reads it (Enter: no reason)",
      defaultValue: "",
      ...terminal
    });
    if (isCancel(words3)) return elsewhere.aborted ? "elsewhere" : "interrupted";
    reason = words3.trim() === "" ? void 0 : words3.trim();
  }
  try {
    await request("card.resolve", resolutionOf(card, choice, reason));
    return "answered";
  } catch (thrown) {
    if (asLoopdError(thrown).code === "card-resolved") return "elsewhere";
    throw thrown;
  }
}
function resolutionOf(card, choice, reason) {
  const { resolution, answer: answer2 } = choice;
  return { cardId: card.approvalId, resolution, answer: answer2, reason, by: answeredBy() };
}

// src/commands/cli/failure.ts
import { inspect } from "node:util";
var ExitWith = class extends Error {
  exitCode;
  constructor(exitCode) {
    super(`exit ${exitCode}`);
    this.exitCode = exitCode;
  }
};
function reportFailure(thrown, format) {
  if (thrown instanceof ExitWith) return thrown.exitCode;
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
  const error = thrown instanceof CommanderError ? usageError(thrown) : asLoopdError(thrown);
  sayFailure(error, format);
  if (process.env.LOOPD_DEBUG === "1") process.stderr.write(`${printableText(inspect(thrown))}
`);
  return exitCodeOf(error.code);
}
function sayFailure({ code, message }, format) {
  const hint = code === "internal" ? " This is a mistake in loopd; LOOPD_DEBUG=1 shows where." : "";
  const line = printableText(message).replace(/\s*\n\s*/g, " ").trim();
  const text = format === "json" ? JSON.stringify({ error: { code, message } }) : `loopd: ${line}${hint}`;
  process.stderr.write(`${text}
`);
}
function usage(message) {
  return new LoopdError("usage", message);
}
function usageError(thrown) {
  if (thrown.code === "commander.help") return usage("A command is missing; the help above lists them.");
  const words3 = thrown.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " ");
  const sentence = words3.charAt(0).toUpperCase() + words3.slice(1);
  const hint = / unknown /.test(` ${words3}`) && !words3.includes("Did you mean") ? " See loopd --help." : "";
  return new LoopdError("usage", `${sentence}${/[.?)]$/.test(sentence) ? "" : "."}${hint}`, { cause: thrown });
}

// src/commands/cli/helper-access.ts
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

// src/commands/open-helper.ts
import { readFile, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { join as join2, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

// src/commands/start-helper.ts
import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
var START_LIMIT = 6e4;
var NODE_FLAGS = ["--disable-warning=ExperimentalWarning"];
function helperEnvironment(environment, home) {
  const kept = Object.entries(environment).filter(([name]) => !name.startsWith("LOOPD_ENDPOINT_"));
  return { ...Object.fromEntries(kept), LOOPD_HOME: home };
}
async function startHelper(program2) {
  const complaints = openComplaints();
  try {
    const child = spawn(program2.node, [...NODE_FLAGS, program2.helperScript], {
      cwd: "/",
      detached: true,
      stdio: ["ignore", "ignore", complaints, "pipe"],
      env: { ...helperEnvironment(process.env, program2.home), LOOPD_READY_FD: "3" }
    });
    const line = await firstLine(child);
    const said = parseLine(line);
    if (said?.ready === true) return said.pid ?? void 0;
    if (said?.error !== void 0) {
      const { code, message } = said.error;
      throw new LoopdError(isErrorCode(code) ? code : "helper-unreachable", message);
    }
    throw endedSilently(program2, line, complaints);
  } finally {
    closeSync(complaints);
  }
}
function parseLine(line) {
  try {
    return JSON.parse(line);
  } catch {
    return void 0;
  }
}
function firstLine(child) {
  const pipe = child.stdio[3];
  return new Promise((resolve3) => {
    let text = "";
    const done = (line) => {
      clearTimeout(limit);
      pipe.destroy();
      child.removeAllListeners();
      child.on("error", () => {
      });
      child.unref();
      resolve3(line);
    };
    const limit = setTimeout(() => done(""), START_LIMIT);
    pipe.setEncoding("utf8");
    pipe.on("data", (chunk) => {
      text += chunk;
      const end = text.indexOf("\n");
      if (end !== -1) done(text.slice(0, end));
    });
    pipe.on("end", () => done(text));
    pipe.on("error", () => done(text));
    child.once("error", (error) => done(`${error.message}`));
  });
}
function openComplaints() {
  const folder = mkdtempSync(join(tmpdir(), "loopd-start-"));
  try {
    return openSync(join(folder, "stderr"), "a+", 384);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
function endedSilently({ node, helperScript }, line, complaints) {
  let words3 = line;
  try {
    words3 ||= readFileSync(complaints, "utf8").trim().slice(-2e3);
  } catch {
    words3 ||= "";
  }
  const message = `The helper (${node} ${helperScript}) did not start${words3 === "" ? "" : `: ${words3}`}. See it fail with: loopd helper run`;
  return new LoopdError("helper-unreachable", message);
}

// src/commands/open-helper.ts
var ANSWER_LIMIT = 1e4;
var RETRY_PAUSE = 25;
var START_PAUSE = 1e3;
var PASSING = /* @__PURE__ */ new Set(["helper-unreachable", "connection-closed", "wrong-token"]);
function homeFolder(environment, platform) {
  if (environment.LOOPD_HOME) return resolve(environment.LOOPD_HOME);
  const person = environment.HOME || homedir();
  if (platform === "darwin") return join2(person, "Library", "Application Support", "loopd");
  return join2(environment.XDG_STATE_HOME || join2(person, ".local", "state"), "loopd");
}
async function openHelper(options, listener) {
  const { home, client, start: start2 } = options;
  const socketPath = socketPathOf(home);
  const deadline = performance.now() + ANSWER_LIMIT;
  let nextStart = 0;
  let wrongTokens = 0;
  for (; ; ) {
    try {
      return await connect({ socketPath, token: await tokenOf(home), client }, listener);
    } catch (thrown) {
      const error = asLoopdError(thrown);
      if (error.code === "helper-outdated") throw outdated(error);
      if (error.code === "wrong-token" && ++wrongTokens > 1) throw error;
      if (!PASSING.has(error.code) || start2 === "never" || performance.now() > deadline) throw error;
      const mayStart = error.code !== "wrong-token" && performance.now() >= nextStart;
      if (mayStart && (start2 === "if-missing" || await exists(socketPath))) {
        nextStart = performance.now() + START_PAUSE;
        await startHelper(options);
      } else {
        await delay(RETRY_PAUSE);
      }
    }
  }
}
async function tokenOf(home) {
  try {
    return (await readFile(join2(home, "run", "token"), "utf8")).trim();
  } catch (cause) {
    const { code } = cause;
    if (code === "ENOENT" || code === "ENOTDIR") {
      throw new LoopdError("helper-unreachable", `No helper runs for ${home}. Start it with: loopd helper start`, {
        cause
      });
    }
    const message = `The token of the helper in ${home} cannot be read (${code}). Use the account that owns that folder, or set LOOPD_HOME.`;
    throw new LoopdError("home-unusable", message, { cause });
  }
}
async function exists(path2) {
  return stat(path2).then(
    () => true,
    () => false
  );
}
function outdated(error) {
  const advice = error.message.includes("loopd helper stop") ? "" : " Replace it: run loopd helper stop, then try again.";
  return new LoopdError("helper-outdated", `${error.message}${advice}`, { cause: error });
}

// src/commands/cli/helper-access.ts
var PLACES = ["helper.mjs", "../helper.mjs", "../../../assets/helper/helper.mjs"];
function helperProgram() {
  const home = homeFolder(process.env, process.platform);
  const paths = PLACES.map((place) => fileURLToPath(new URL(place, import.meta.url)));
  const helperScript = paths.find((path2) => existsSync(path2));
  if (helperScript !== void 0) return { home, helperScript, node: process.execPath };
  throw new LoopdError("helper-unreachable", `The helper is not built (no ${paths[0]}). Build it with: npm run build`);
}
function openForCli(listener, start2) {
  return openHelper({ ...helperProgram(), client: "cli", start: start2 }, listener);
}
async function withHelper(work) {
  const connection = await openForCli(() => {
  }, "if-missing");
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

// src/commands/cli/options.ts
function commaList(text) {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}
function wholeNumber(least, most) {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
function examples(...lines) {
  return `
Examples:
${lines.map((line) => `  ${line}`).join("\n")}`;
}

// src/commands/cli/print.ts
import { styleText } from "node:util";
function print(text) {
  process.stdout.write(`${process.stdout.isTTY ? printableText(text) : text}
`);
}
function printJson(value) {
  process.stdout.write(`${JSON.stringify(value, null, process.stdout.isTTY ? 2 : void 0)}
`);
}
function say(text) {
  process.stderr.write(`${process.stderr.isTTY ? printableText(text) : text}
`);
}
function styled(style, text, stream) {
  return styleText(style, text, { stream });
}

// src/commands/cli/program-name.ts
function programName(environment) {
  const name = isOwnScript(environment) ? "npm run loopd --" : "loopd";
  return environment.LOOPD_HOME ? `LOOPD_HOME=${shellWord(environment.LOOPD_HOME)} ${name}` : name;
}
function standingFolder(environment, folder) {
  return isOwnScript(environment) && environment.INIT_CWD ? environment.INIT_CWD : folder;
}
function shellWord(word2) {
  return /^[\w@%+=:,./#-]+$/.test(word2) && !word2.startsWith("#") ? word2 : `'${word2.replaceAll("'", `'\\''`)}'`;
}
function isOwnScript({ npm_package_name: name, npm_lifecycle_event: script }) {
  return name === "loopd" && (script === "ask" || script === "loopd");
}

// src/commands/cli/resolve-session.ts
async function resolveSession(connection, prefix) {
  const { sessions } = await connection.request("session.list", { limit: 1e3 });
  if (sessions.some(({ session }) => session === prefix)) return prefix;
  const matches = sessions.filter(({ session }) => session.startsWith(prefix));
  const [first, second] = matches;
  if (first !== void 0 && second === void 0) return first.session;
  if (first === void 0) {
    return (await connection.request("session.show", { session: prefix })).session.session;
  }
  const list5 = matches.slice(0, 5).map(({ session, title }) => `${session} (${title})`);
  const more = matches.length > 5 ? ` and ${matches.length - 5} more` : "";
  throw new LoopdError(
    "ambiguous-id",
    `Several sessions begin with ${prefix}: ${list5.join(", ")}${more}. Type more of the id.`
  );
}

// src/commands/cli/approvals.ts
var ID_HELP = "the approval, or the beginning of its id";
function addApprovals(program2) {
  const approvals = program2.command("approvals").description("List and answer what waits for a person.").addHelpText(
    "after",
    examples(
      "loopd approvals",
      "loopd approvals approve t7qd",
      'loopd approvals deny t7qd --reason "Not that folder"'
    )
  );
  approvals.command("list").description("Show what waits for a person, with the real arguments. Interrupted effects are listed too.").option("--all", "also what has been answered").option("-s, --session <id>", "only of this session").option("--json", "print JSON").addHelpText("after", examples("loopd approvals list", "loopd approvals list --json | jq -r '.[].approvalId'")).action(list);
  const scope = new Option("--scope <scope>", "how far it reaches").choices(grantScopeSchema.options).default("once");
  approvals.command("approve").argument("[id...]", ID_HELP).description("Let calls run.").option("--all", "every approval that waits now (each only once)").addOption(scope).option("--json", "print JSON").addHelpText("after", examples("loopd approvals approve t7qd", "loopd approvals approve --all")).action(
    (ids, options) => answer(ids, options, { resolution: "approved", scope: options.scope })
  );
  approvals.command("deny").argument("[id...]", ID_HELP).description("Refuse calls; the model reads the reason and goes on.").option("--all", "every approval that waits now").option("--reason <text>", "why not").option("--json", "print JSON").addHelpText("after", examples('loopd approvals deny t7qd --reason "Use the staging server"')).action(
    (ids, options) => answer(ids, options, { resolution: "denied", reason: options.reason })
  );
  approvals.command("answer").argument("<id>", ID_HELP).addArgument(new Argument("<what>", "what became of the interrupted call").choices(recoveryAnswerSchema.options)).description("Say what became of a call that was interrupted by a crash.").option("--json", "print JSON").addHelpText(
    "after",
    examples(
      "loopd approvals answer t7qd happened   # it took effect",
      "loopd approvals answer t7qd again      # run it once more",
      "loopd approvals answer t7qd skip       # it did not happen; go on without it"
    )
  ).action(
    (id, what, options) => answer([id], options, { resolution: "answered", answer: what })
  );
}
async function list({ all, session, json }) {
  const cards = await withHelper(async (connection) => {
    const only = session === void 0 ? void 0 : await resolveSession(connection, session);
    return (await connection.request("card.list", { all: all === true, session: only, limit: 1e3 })).cards;
  });
  if (json === true) return printJson(cards);
  if (cards.length === 0) return print("Nothing waits for you.");
  print(cards.map(cardText).join("\n\n"));
}
function cardText(card) {
  const { approvalId, session, requestedAt, expiresAt, state, resolvedBy, type } = card;
  const now = Date.now();
  const head = `${approvalId}  ${ago(requestedAt, now)}  session ${session}${expiresAt === void 0 ? "" : `  until ${expiresAt}`}`;
  const body = approvalText(presentApproval(card));
  if (state !== "pending") return `${head}
${body}
  ${state}${resolvedBy === void 0 ? "" : ` by ${resolvedBy}`}`;
  const verb = type === "recovery" ? "answer" : "approve";
  const command = `${programName(process.env)} approvals ${verb} ${shellWord(approvalId)}${type === "recovery" ? " happened|again|skip" : ""}`;
  return `${head}
${body}
  Answer: ${command}`;
}
async function answer(ids, options, resolve3) {
  const isAll = options.all === true;
  if (isAll === ids.length > 0)
    throw usage("Name the approvals by id, or all of them with --all; see loopd approvals list.");
  if (isAll && options.scope === "always")
    throw usage("--all never goes with --scope always: a lasting rule needs a look at each.");
  const exitCode = await withHelper(async (connection) => {
    const cardIds = isAll ? await pendingApprovals(connection) : ids;
    if (cardIds.length === 0) say2("Nothing waits for you.", options);
    const resolved = [];
    let worst = 0;
    for (const cardId of cardIds) {
      try {
        const { card } = await connection.request("card.resolve", { ...resolve3, cardId, by: answeredBy() });
        resolved.push(card);
        say2(`${card.state}: ${callSummary(card.tool, card.arguments)}`, options);
      } catch (thrown) {
        const error = asLoopdError(thrown);
        sayFailure(error, options.json === true ? "json" : "words");
        worst ||= exitCodeOf(error.code);
      }
    }
    if (options.json === true) printJson(resolved);
    return worst;
  });
  throw new ExitWith(exitCode);
}
function say2(text, { json }) {
  if (json !== true) print(text);
}
async function pendingApprovals(connection) {
  const { cards } = await connection.request("card.list", { limit: 1e3 });
  return cards.filter(({ type }) => type === "approval").map(({ approvalId }) => approvalId);
}

// src/commands/cli/ask.ts
import { randomUUID } from "node:crypto";
import { statSync } from "node:fs";
import { resolve as resolve2 } from "node:path";

// src/commands/follow-turn.ts
var MOST_LOSSES = 5;
async function followTurn(target, open) {
  const follower = new Follower(target, open);
  await follower.begin();
  return follower;
}
var Follower = class {
  session = "";
  turn = "";
  #target;
  #open;
  #events = [];
  #connection;
  #end = "open";
  #lastSeq = 0;
  /** Entries after this one were recorded while we listened. */
  #liveAfter = 0;
  #losses = 0;
  #wake = () => {
  };
  constructor(target, open) {
    this.#target = target;
    this.#open = open;
    if (target.type === "attach") this.#place(target);
  }
  async begin() {
    this.#connection = this.#establish("if-missing");
    await this.#connection;
  }
  async request(method, params, signal) {
    const connection = await this.#connection;
    if (connection === void 0) throw new LoopdError("connection-closed", "The turn is not followed any more.");
    return connection.request(method, params, signal);
  }
  close() {
    this.#finish("ended");
    this.#connection?.then(
      (connection) => connection.close(),
      () => {
      }
    );
  }
  async *[Symbol.asyncIterator]() {
    for (; ; ) {
      yield* this.#events;
      this.#events.length = 0;
      if (this.#end === "ended") return;
      if (this.#end !== "open") throw this.#end;
      await new Promise((resolve3) => this.#wake = resolve3);
    }
  }
  /** Connects, submits if that is still to be done, and listens from the last entry seen. */
  async #establish(start2) {
    for (let mode = start2; ; mode = "unless-stopped") {
      const connection = await this.#open(this.#listener, mode);
      try {
        await this.#listen(connection);
        void connection.closed.then((reason) => this.#lost(reason));
        return connection;
      } catch (thrown) {
        connection.close();
        const error = asLoopdError(thrown);
        if (error.code !== "connection-closed" || ++this.#losses >= MOST_LOSSES) throw error;
      }
    }
  }
  async #listen(connection) {
    if (this.#target.type === "submit" && this.turn === "") {
      const answer2 = await connection.request("turn.submit", this.#target.request);
      this.#place(answer2);
      this.#lastSeq = this.#liveAfter = answer2.after;
    } else {
      this.#liveAfter = (await connection.request("helper.status", {})).lastSeq;
    }
    await connection.request("entries.follow", { session: this.session, after: this.#lastSeq, deltas: true });
  }
  #place({ session, turn }) {
    this.session = session;
    this.turn = turn;
  }
  #lost(reason) {
    if (this.#end !== "open") return;
    if (++this.#losses >= MOST_LOSSES) return this.#finish(reason);
    this.#connection = this.#establish("unless-stopped");
    this.#connection.then(
      (connection) => this.#end === "open" ? this.#tell({ type: "reconnected" }) : connection.close(),
      (error) => this.#finish(gone(asLoopdError(error), this.session))
    );
  }
  #listener = (name, value) => {
    if (name === "entries.added") {
      for (const entry of value.entries) this.#take(entry);
    } else if (name === "delta") {
      const { delta } = value;
      if (delta.turn === this.turn) this.#tell({ type: "delta", delta });
    } else {
      const { turn, code, message } = value;
      if (turn === this.turn) this.#tell({ type: "stalled", code, message });
    }
  };
  #take(entry) {
    if (entry.seq <= this.#lastSeq) return;
    this.#lastSeq = entry.seq;
    this.#losses = 0;
    const isOurs = entry.turn === this.turn || entry.turn === void 0 && this.#target.type === "submit";
    if (!isOurs) return;
    this.#tell({ type: "entry", entry, isLive: entry.seq > this.#liveAfter });
    if (entry.kind === "turn.finished") this.#finish("ended");
  }
  #tell(event) {
    if (this.#end === "open") this.#events.push(event);
    this.#wake();
  }
  #finish(how) {
    if (this.#end === "open") this.#end = how;
    this.#wake();
  }
};
function gone(error, session) {
  if (error.code !== "helper-unreachable") return error;
  const message = `The helper went away and did not come back; the turn stays open and goes on when a helper runs. Follow it with: loopd turn wait ${session}`;
  return new LoopdError("helper-unreachable", message, { cause: error });
}

// src/commands/cli/attend-turn.ts
import { setTimeout as delay2 } from "node:timers/promises";

// src/commands/present/finish.ts
var sentences2 = {
  done: "Done.",
  "max-tokens": "The answer is cut off: the model reached its limit of output tokens. Ask it to go on, or raise limits.maxOutputTokens.",
  "step-limit": "The turn used all of its steps; the answer is what it knew by then. Ask again with --max-steps for more.",
  budget: "The turn used up its budget and was ended.",
  refused: "The model refused to answer.",
  cancelled: "The turn was cancelled.",
  failed: "The turn failed.",
  interrupted: "The turn could not be resumed, because its endpoint or one of its tools is gone. Ask again."
};
function presentFinish(finish, error) {
  if (finish === "done") return { sentence: sentences2.done, exitCode: 0, isSuccess: true };
  if (finish === "cancelled") return { sentence: sentences2.cancelled, exitCode: 130, isSuccess: false };
  const isEndpoint = error?.code.startsWith("endpoint-") === true;
  const exitCode = finish === "failed" && isEndpoint ? exitCodeOf("endpoint-unreachable") : 1;
  return { sentence: error?.message ?? sentences2[finish], exitCode, isSuccess: false };
}

// src/commands/present/turn-progress.ts
function beginProgress(session, turn) {
  const tokens = { input: 0, cached: 0, output: 0 };
  const unknown = { endpoint: "", model: "", isRehearsal: false, text: "", reasoning: "" };
  return { session, turn, ...unknown, state: "queued", steps: 0, calls: [], pendingCards: [], tokens };
}
function addEntry(progress, entry) {
  if (entry.turn !== progress.turn) return progress;
  switch (entry.kind) {
    case "turn.started": {
      const { endpoint, model } = entry.data;
      const isRehearsal = endpoint === REHEARSAL_ENDPOINT;
      return settle({ ...progress, endpoint, model, isRehearsal, startedAt: entry.at, state: "running" });
    }
    case "request.sent":
      if (entry.data.purpose !== "turn") return progress;
      return { ...progress, request: entry.id, steps: progress.steps + (progress.request === void 0 ? 1 : 0) };
    case "model.responded":
      return addResponse(progress, entry.data.content, entry.data.usage);
    case "tool.requested": {
      const { callId, name } = entry.data;
      if (progress.calls.some((call2) => call2.callId === callId)) return progress;
      const call = { callId, name, summary: callSummary(name, entry.data.arguments), state: "requested" };
      return { ...progress, calls: [...progress.calls, call] };
    }
    case "card.opened": {
      const { cardId, type, callId } = entry.data;
      const pendingCards = [
        ...progress.pendingCards.filter((card) => card.cardId !== cardId),
        { cardId, type, callId }
      ];
      return settle(changeCall({ ...progress, pendingCards }, callId, { state: "waiting" }));
    }
    case "card.resolved": {
      const card = progress.pendingCards.find(({ cardId }) => cardId === entry.data.cardId);
      const pendingCards = progress.pendingCards.filter((other) => other !== card);
      return settle(changeCall({ ...progress, pendingCards }, card?.callId, { state: "requested" }));
    }
    case "tool.started":
      return changeCall(progress, entry.data.callId, { state: "running" });
    case "tool.finished": {
      const { callId, outcome, durationMs, text } = entry.data;
      return changeCall(progress, callId, { state: "finished", outcome, durationMs, text });
    }
    case "turn.finished": {
      const { finish, error } = entry.data;
      const text = entry.data.text === "" ? progress.text : entry.data.text;
      return {
        ...progress,
        state: finish,
        finish,
        error,
        text,
        pendingCards: [],
        finishedAt: entry.at,
        request: void 0
      };
    }
    default:
      return progress;
  }
}
function addDelta(progress, delta) {
  if (delta.turn !== progress.turn || progress.finish !== void 0) return progress;
  const { request, text } = delta;
  switch (delta.channel) {
    case "text":
      return {
        ...progress,
        textRequest: request,
        text: (progress.textRequest === request ? progress.text : "") + text
      };
    case "reasoning": {
      const before = progress.reasoningRequest === request ? progress.reasoning : "";
      return { ...progress, reasoningRequest: request, reasoning: before + text };
    }
    case "reset": {
      const isText = progress.textRequest === request;
      const isReasoning = progress.reasoningRequest === request;
      return { ...progress, text: isText ? "" : progress.text, reasoning: isReasoning ? "" : progress.reasoning };
    }
    case "progress":
      return changeCall(progress, request, { text });
  }
}
function textOf(content) {
  return content.map((block) => block.type === "text" ? block.text : "").join("");
}
function addResponse(progress, content, usage2) {
  const { input, cached, output } = progress.tokens;
  const tokens = {
    input: input + (usage2?.inputTokens ?? 0),
    cached: cached + (usage2?.cachedTokens ?? 0),
    output: output + (usage2?.outputTokens ?? 0)
  };
  const text = textOf(content);
  const kept = text === "" ? {} : { text, textRequest: progress.request };
  return { ...progress, ...kept, tokens, request: void 0, steps: Math.max(progress.steps, 1) };
}
function changeCall(progress, callId, change) {
  if (callId === void 0) return progress;
  return { ...progress, calls: progress.calls.map((call) => call.callId === callId ? { ...call, ...change } : call) };
}
function settle(progress) {
  if (progress.finish !== void 0) return progress;
  return { ...progress, state: progress.pendingCards.length > 0 ? "waiting" : "running" };
}

// src/commands/cli/interrupts.ts
function listenForInterrupts(on) {
  const interrupt = () => on("interrupt");
  const terminate = () => on("terminate");
  const brokenPipe = (error) => {
    if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") on("no-reader");
    else throw error;
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", terminate);
  process.on("SIGHUP", terminate);
  process.stdout.on("error", brokenPipe);
  return () => {
    process.off("SIGINT", interrupt);
    process.off("SIGTERM", terminate);
    process.off("SIGHUP", terminate);
    process.stdout.off("error", brokenPipe);
  };
}

// src/commands/present/progress-line.ts
function progressLine(progress, now) {
  const parts = [activity(progress)];
  if (progress.steps > 0) parts.unshift(`step ${progress.steps}`);
  const { input, cached, output } = progress.tokens;
  if (input + cached + output > 0) parts.push(tokenWords(progress));
  if (progress.startedAt !== void 0) parts.push(duration(wholeSeconds(now - Date.parse(progress.startedAt))));
  return parts.join(" \xB7 ");
}
function callLine({ summary, name, outcome, durationMs, text }) {
  if (outcome === void 0) return summary;
  const time = durationMs === void 0 ? "" : ` (${duration(durationMs)})`;
  const why = outcome === "ok" ? "" : ` ${outcome}: ${oneLine(text ?? name, 120)}`;
  return `${outcomeMarks[outcome]} ${summary}${why}${time}`;
}
function summaryLine(progress) {
  const { endpoint, model, steps, calls, startedAt, finishedAt } = progress;
  const parts = [
    `${model} at ${endpoint}`,
    plural(steps, "step"),
    plural(calls.length, "tool call"),
    tokenWords(progress)
  ];
  if (startedAt !== void 0 && finishedAt !== void 0) {
    parts.push(duration(Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt))));
  }
  return parts.filter((part) => part !== "").join(" \xB7 ");
}
function activity({ state, calls, request, text, textRequest, pendingCards, model }) {
  if (state === "queued") return "waiting for its turn";
  if (state === "waiting") return `waiting for ${pendingCards.length === 1 ? "your answer" : "your answers"}`;
  const running = calls.filter((call) => call.state === "running");
  const [first, ...others] = running;
  if (first !== void 0) {
    const also = others.length === 0 ? "" : ` and ${others.length} more`;
    return `${first.name}: ${first.text === void 0 ? first.summary : oneLine(first.text, 60)}${also}`;
  }
  if (request === void 0) return "working";
  return request === textRequest && text !== "" ? "answering" : `waiting for ${model}`;
}
function tokenWords({ tokens: { input, cached, output } }) {
  if (input + cached + output === 0) return "";
  return `${count(input + cached)}${cached > 0 ? ` (${count(cached)} cached)` : ""} \u2192 ${count(output)} tokens`;
}
function wholeSeconds(ms) {
  return Math.max(0, Math.floor(ms / 1e3) * 1e3);
}

// src/commands/cli/status-line.ts
var FRAMES = ["\u280B", "\u2819", "\u2839", "\u2838", "\u283C", "\u2834", "\u2826", "\u2827", "\u2807", "\u280F"];
var FRAME_MS = 120;
var ERASE_LINE = "\r\x1B[2K";
function statusLine(stream) {
  let content;
  let timer;
  let frame = 0;
  const draw = () => {
    if (content === void 0) return;
    const widest = Math.max(10, (stream.columns || 80) - 4);
    let text = content();
    while (dist_default(text) > widest) text = text.slice(0, -1);
    stream.write(`${ERASE_LINE}${FRAMES[frame % FRAMES.length]} ${text}`);
  };
  return {
    show(text) {
      content = text;
      draw();
      timer ??= setInterval(() => {
        frame++;
        draw();
      }, FRAME_MS).unref();
    },
    clear() {
      if (content !== void 0) stream.write(ERASE_LINE);
      content = void 0;
      clearInterval(timer);
      timer = void 0;
    }
  };
}

// src/commands/cli/progress-report.ts
function progressReport() {
  const isLive = process.stderr.isTTY && process.env.TERM !== "dumb";
  const line = isLive ? statusLine(process.stderr) : void 0;
  let latest;
  let steps = 0;
  let isPaused = false;
  const told = /* @__PURE__ */ new Set();
  const note = (text) => {
    line?.clear();
    say(text);
  };
  const draw = () => {
    const current = latest;
    if (current === void 0 || isPaused || current.finish !== void 0) return;
    line?.show(() => progressLine(current, Date.now()));
  };
  const quiet = (text) => styled("dim", printableText(text), process.stderr);
  return {
    update(progress) {
      latest = progress;
      if (line === void 0 && progress.steps > steps) {
        steps = progress.steps;
        note(`step ${steps}: asking ${progress.model} at ${progress.endpoint}`);
      }
      for (const call of progress.calls) {
        if (call.state === "running" && line === void 0 && !told.has(`${call.callId} started`)) {
          told.add(`${call.callId} started`);
          note(`${call.name}: ${call.summary}`);
        } else if (call.state === "finished" && !told.has(call.callId)) {
          told.add(call.callId);
          line?.clear();
          process.stderr.write(`${quiet(callLine(call))}
`);
        }
      }
      draw();
    },
    note,
    stepAside: () => line?.clear(),
    pause() {
      isPaused = true;
      line?.clear();
    },
    resume() {
      isPaused = false;
      draw();
    },
    finish(ending) {
      isPaused = true;
      line?.clear();
      if (ending === "summary" && latest !== void 0) process.stderr.write(`${quiet(summaryLine(latest))}
`);
    }
  };
}

// src/commands/cli/markdown-blocks.ts
var MarkdownBlocks = class {
  /** The block that is still growing, in whole lines. */
  #block = "";
  /** A line that has no end yet. */
  #line = "";
  #fence;
  #isAfterBlank = false;
  /** Adds a piece of text and returns the blocks that it completes. */
  push(text) {
    const lines = (this.#line + text).split("\n");
    this.#line = lines.pop() ?? "";
    return lines.flatMap((line) => this.#addLine(line));
  }
  /** The end of the text: returns what is left. */
  finish() {
    const rest = this.#line === "" ? [] : this.push("\n");
    return [...rest, ...this.#cut()];
  }
  #addLine(line) {
    const marker = FENCE.exec(line)?.[1];
    if (this.#fence !== void 0) {
      this.#block += `${line}
`;
      const isEnd = marker?.startsWith(this.#fence) === true && line.trim() === marker;
      if (isEnd) this.#fence = void 0;
      return isEnd && !this.#isList() ? this.#cut() : [];
    }
    if (line.trim() === "") {
      this.#isAfterBlank = true;
      if (this.#block !== "" && this.#isList()) {
        this.#block += "\n";
        return [];
      }
      return this.#cut();
    }
    const goesOn = /^\s/.test(line) || ITEM.test(line);
    const done = this.#isAfterBlank && !goesOn ? this.#cut() : [];
    this.#isAfterBlank = false;
    this.#fence = marker;
    this.#block += `${line}
`;
    return done;
  }
  #isList() {
    return ITEM.test(this.#block);
  }
  #cut() {
    const block = this.#block;
    this.#block = "";
    return block.trim() === "" ? [] : [block];
  }
};
var FENCE = /^\s*(`{3,}(?=[^`]*$)|~{3,})/;
var ITEM = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/;

// src/commands/cli/answer-printer.ts
var WIDEST = 100;
async function terminalPrinter(stream, stepAside) {
  const { render } = await import("./chunks/dist-5GQ2DXVE.mjs");
  let blocks = new MarkdownBlocks();
  let isFirst = true;
  const show4 = (parts) => {
    for (const part of parts) {
      const width = Math.max(20, Math.min((stream.columns || 80) - 1, WIDEST));
      const options = { width, color: stream.hasColors(), hyperlinks: false, codeBox: false, codeWrap: false };
      const text = render(printableMarkdown(part), options).replace(/^\n+|\s+$/g, "");
      stepAside();
      stream.write(`${isFirst ? "" : "\n"}${text}
`);
      isFirst = false;
    }
  };
  return {
    print({ text, begins }) {
      if (begins !== void 0) {
        if (begins === "new") show4(blocks.finish());
        blocks = new MarkdownBlocks();
      }
      show4(blocks.push(text));
    },
    finish: () => show4(blocks.finish())
  };
}
function plainPrinter(stream) {
  let last = "";
  let half = "";
  const write = (text) => {
    if (text === "") return;
    stream.write(text);
    last = (last + text).slice(-2);
  };
  return {
    print({ text, begins }) {
      if (begins !== void 0 && last !== "") write(last.endsWith("\n\n") ? "" : last.endsWith("\n") ? "\n" : "\n\n");
      const whole = (begins === void 0 ? half : "") + text;
      half = /[\ud800-\udbff]$/.test(whole) ? whole.slice(-1) : "";
      write(whole.slice(0, whole.length - half.length));
    },
    finish: () => write(`${half}${last === "" || last.endsWith("\n") ? "" : "\n"}`)
  };
}

// src/commands/cli/answer-stream.ts
var AnswerStream = class {
  /** Id of the request whose deltas have all been heard so far. */
  #heard;
  /** Text of a request whose entry is still on its way: entries wait for a slow reader, deltas do not. */
  #early = { request: "", text: "" };
  /** What the running attempt has said. */
  #produced = "";
  /** What has been printed of the running answer. */
  #printed = "";
  /** The last answer that was printed whole. */
  #last = "";
  #isFirst = true;
  /** Whether a part of the running answer is printed that a repeated request may contradict. */
  get hasPartialAnswer() {
    return this.#printed !== "";
  }
  take(event) {
    switch (event.type) {
      case "reconnected":
        this.#heard = void 0;
        this.#early = { request: "", text: "" };
        return void 0;
      case "delta": {
        const { request, channel, text } = event.delta;
        if (channel === "reset") {
          this.#heard = request;
          this.#produced = "";
        } else if (channel === "text") {
          if (request === this.#heard) return this.#produce(text);
          this.#early = { request, text: (this.#early.request === request ? this.#early.text : "") + text };
        }
        return void 0;
      }
      case "entry":
        return this.#takeEntry(event);
      default:
        return void 0;
    }
  }
  #takeEntry({ entry, isLive }) {
    if (entry.kind === "request.sent" && entry.data.purpose === "turn") {
      this.#heard = isLive ? entry.id : void 0;
      this.#produced = "";
      if (isLive && this.#early.request === entry.id) return this.#produce(this.#early.text);
    } else if (entry.kind === "model.responded") {
      this.#produced = "";
      const piece = this.#produce(textOf(entry.data.content));
      if (this.#printed !== "") this.#last = this.#printed;
      this.#printed = this.#produced = "";
      this.#heard = void 0;
      return piece;
    } else if (entry.kind === "turn.finished") {
      const { text } = entry.data;
      return text.trim() === this.#last.trim() ? void 0 : this.#produce(text);
    }
    return void 0;
  }
  #produce(text) {
    const isInStep = this.#produced.length === this.#printed.length;
    this.#produced += text;
    if (text === "" || !isInStep && this.#printed.startsWith(this.#produced)) return void 0;
    const before = this.#printed;
    this.#printed = this.#produced;
    if (isInStep && before !== "") return { text };
    if (before !== "" && this.#produced.startsWith(before)) return { text: this.#produced.slice(before.length) };
    const begins = before !== "" ? "over" : this.#isFirst ? void 0 : "new";
    this.#isFirst = false;
    return { text: this.#produced, begins };
  }
};

// src/commands/cli/turn-output.ts
function jsonOutput() {
  const write = (value) => process.stdout.write(`${JSON.stringify(value)}
`);
  return {
    take(event) {
      if (event.type === "entry") write(event.entry);
      else if (event.type === "delta" && event.delta.channel !== "progress") write({ delta: event.delta });
    },
    finish() {
    }
  };
}
async function answerOutput(report) {
  const stream = process.stdout;
  const printer = stream.isTTY ? await terminalPrinter(stream, report.stepAside) : plainPrinter(stream);
  const answers = new AnswerStream();
  return {
    take(event) {
      if (event.type === "delta" && event.delta.channel === "reset" && answers.hasPartialAnswer) {
        report.note("The request is sent to the model again; the answer starts over if it changes.");
      }
      const piece = answers.take(event);
      if (piece === void 0) return;
      if (piece.begins === "over") report.note("The answer changed; here it is from its beginning:");
      printer.print(piece);
    },
    finish: () => printer.finish()
  };
}

// src/commands/cli/attend-turn.ts
var WAITING = 3;
var SECOND_INTERRUPT = 1500;
var CANCEL_LIMIT = 1e4;
async function attendTurn(turn, options) {
  const report = progressReport();
  const output = options.output === "json" ? jsonOutput() : await answerOutput(report);
  const attendance = new Attendance(turn, options, report, output);
  const stopListening = listenForInterrupts((interrupt) => attendance.interrupt(interrupt));
  try {
    return await attendance.run();
  } finally {
    stopListening();
    report.finish("quiet");
    turn.close();
  }
}
var Attendance = class {
  #turn;
  #options;
  #report;
  #output;
  #program = programName(process.env);
  #isAtTerminal = process.stdin.isTTY && process.stderr.isTTY;
  #progress;
  #exitCode;
  #interrupts = 0;
  /** Fires, with who it was, when the card that is being asked about is resolved elsewhere. */
  #prompt;
  #desk = Promise.resolve();
  constructor(turn, options, report, output) {
    this.#turn = turn;
    this.#options = options;
    this.#report = report;
    this.#output = output;
    this.#progress = beginProgress(turn.session, turn.turn);
  }
  /** Takes events until the turn or the attendance ends. Throws what following it throws. */
  async run() {
    try {
      for await (const event of this.#turn) {
        this.#take(event);
        if (this.#exitCode !== void 0) break;
      }
    } finally {
      this.#output.finish();
      this.#prompt?.elsewhere.abort();
      await this.#desk;
    }
    return this.#exitCode ?? this.#conclude();
  }
  interrupt(interrupt) {
    if (interrupt === "no-reader") return this.#leave(0);
    if (interrupt === "terminate") return this.#detach(this.#hint());
    this.#interrupts++;
    const { session } = this.#turn;
    if (this.#interrupts === 1) {
      this.#report.note(
        `${this.#hint()}
  Cancel it: Ctrl-C again now, or later: ${this.#program} turn cancel ${session}`
      );
      void delay2(SECOND_INTERRUPT).then(() => this.#interrupts === 1 && this.#detach("Left the turn running."));
    } else if (this.#interrupts === 2) {
      this.#report.note("Cancelling the turn \u2026");
      const cancel2 = { session, turn: this.#turn.turn, by: answeredBy(), why: "Ctrl-C twice" };
      this.#turn.request("turn.cancel", cancel2).catch((thrown) => this.#fail(thrown));
      void delay2(CANCEL_LIMIT).then(() => this.#leave(130));
    } else {
      this.#leave(130);
    }
  }
  #take(event) {
    if (event.type === "stalled") return this.#report.note(`The turn is held up (${event.code}): ${event.message}`);
    if (event.type === "reconnected") this.#report.note("The helper was gone; it is back, and the turn goes on.");
    if (event.type === "delta") this.#progress = addDelta(this.#progress, event.delta);
    if (event.type === "entry") this.#progress = addEntry(this.#progress, event.entry);
    this.#output.take(event);
    this.#report.update(this.#progress);
    if (event.type === "entry") this.#takeEntry(event.entry);
  }
  #takeEntry(entry) {
    if (entry.kind === "turn.started" && this.#progress.isRehearsal) {
      this.#report.note(
        `The rehearsal model answers: a fixed script, not an AI. Connect a real model with: ${this.#program} endpoints add NAME --url URL --model MODEL --use`
      );
    } else if (entry.kind === "card.opened") {
      const { cardId } = entry.data;
      if (this.#options.onCard === "leave") this.#exitCode = WAITING;
      this.#desk = this.#desk.then(() => this.#attendCard(cardId)).catch((thrown) => this.#fail(thrown));
    } else if (entry.kind === "card.resolved" && this.#prompt?.cardId === entry.data.cardId) {
      this.#prompt.elsewhere.abort();
      if (entry.data.by !== answeredBy()) this.#report.note(`${entry.data.resolution} by ${entry.data.by}.`);
    }
  }
  /** Shows a pending card: as a prompt in a terminal, else as words that say how to answer it from somewhere else. */
  async #attendCard(cardId) {
    const isPending = () => this.#progress.pendingCards.some((card2) => card2.cardId === cardId);
    if (!isPending()) return;
    const { cards } = await this.#turn.request("card.list", { session: this.#turn.session });
    const card = cards.find(({ approvalId }) => approvalId === cardId);
    if (card === void 0 || !isPending()) return;
    if (!this.#isAtTerminal || this.#options.onCard === "leave") return this.#tellCard(card);
    this.#report.pause();
    this.#prompt = { cardId, elsewhere: new AbortController() };
    const answer2 = await askForCard({ card, request: this.#turn.request, elsewhere: this.#prompt.elsewhere.signal });
    this.#prompt = void 0;
    this.#report.resume();
    if (answer2 === "interrupted") this.interrupt("interrupt");
    else if (answer2 === "later") {
      this.#tellCard(card);
      this.#detach(this.#hint());
    }
  }
  #tellCard(card) {
    const id = shellWord(card.approvalId);
    const answers = card.type === "recovery" ? `${this.#program} approvals answer ${id} happened|again|skip` : `${this.#program} approvals approve ${id}   (or: deny ${id} --reason TEXT)`;
    this.#report.note(`${approvalText(presentApproval(card))}
  Answer from any terminal: ${answers}`);
  }
  #hint() {
    return `The turn goes on without this terminal. Follow it: ${this.#program} turn wait ${this.#turn.session}`;
  }
  /** Leaves the turn running: 0, or 3 if it waits for a person. */
  #detach(words3) {
    this.#report.note(words3);
    this.#leave(this.#progress.pendingCards.length > 0 ? WAITING : 0);
  }
  #fail(thrown) {
    if (this.#exitCode !== void 0) return;
    const error = asLoopdError(thrown);
    sayFailure(error, this.#options.output === "json" ? "json" : "words");
    this.#leave(exitCodeOf(error.code));
  }
  /** Ends the attendance; the turn itself goes on. */
  #leave(exitCode) {
    this.#exitCode ??= exitCode;
    this.#prompt?.elsewhere.abort();
    this.#turn.close();
  }
  #conclude() {
    const { finish, error } = this.#progress;
    if (finish === void 0) return 1;
    const view = presentFinish(finish, error);
    this.#report.finish("summary");
    if (!view.isSuccess) {
      sayFailure(
        { code: error?.code ?? finish, message: view.sentence },
        this.#options.output === "json" ? "json" : "words"
      );
    }
    return view.exitCode;
  }
};

// src/commands/cli/endpoint-options.ts
var LOOPBACK = /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|\[::1\])$/i;
function trustOf(url) {
  return URL.canParse(url) && LOOPBACK.test(new URL(url).hostname) ? "local" : "remote";
}
function unsavedEndpoint(environment, model) {
  const {
    LOOPD_ENDPOINT_URL: url,
    LOOPD_ENDPOINT_DIALECT: dialect2,
    LOOPD_ENDPOINT_MODEL: named2,
    LOOPD_ENDPOINT_KEY: key
  } = environment;
  if (!url) return void 0;
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    throw usage(`LOOPD_ENDPOINT_URL is no http or https address: ${url}. Example: http://127.0.0.1:8080`);
  }
  const chosen = named2 || model;
  if (!chosen)
    throw usage("LOOPD_ENDPOINT_URL is set, but no model: set LOOPD_ENDPOINT_MODEL, or name one with --model.");
  const spoken = dialect2 || "anthropic";
  if (spoken !== "anthropic" && spoken !== "openai") {
    throw usage(`LOOPD_ENDPOINT_DIALECT is ${spoken}; it can be anthropic or openai.`);
  }
  const auth2 = key ? "x-api-key" : "none";
  return {
    profile: { dialect: spoken, url, model: chosen, auth: auth2, trust: trustOf(url) },
    key: key || void 0
  };
}

// src/commands/cli/prompt-text.ts
var MOST_BYTES = MAX_PROMPT_CHARACTERS * 4;
var EXAMPLE = 'Example: loopd ask "Which files under this folder are the largest?"';
async function promptText(words3) {
  const isDash = words3.length === 1 && words3[0] === "-";
  if (!isDash && words3.length === 0 && process.stdin.isTTY) throw usage(`There is no prompt. ${EXAMPLE}`);
  const text = isDash || words3.length === 0 ? await readStandardInput("prompt") : words3.join(" ");
  if (text.trim() === "") throw usage(`The prompt is empty. ${EXAMPLE}`);
  if (text.trim().length > MAX_PROMPT_CHARACTERS) throw tooLarge();
  return text;
}
async function readStandardInput(what) {
  const chunks = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    size += chunk.length;
    if (size > MOST_BYTES) throw tooLarge();
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    const message = `The ${what} on standard input is not UTF-8 text. Convert it first, for example: iconv -f latin1 -t utf-8`;
    throw new LoopdError("usage", message, { cause });
  }
}
function tooLarge() {
  const most = MAX_PROMPT_CHARACTERS.toLocaleString("en-US");
  const message = `The prompt is too large: at most ${most} characters. Save it as a file and ask loopd to read that file.`;
  return new LoopdError("prompt-too-large", message);
}

// src/commands/cli/ask.ts
function addAsk(program2) {
  program2.command("ask").argument("[text...]", "the prompt; - or nothing reads it from standard input").description("Ask a question; the model works with your files and asks before it acts.").option("-s, --session <id>", "go on in this session (the beginning of its id is enough)").addOption(new Option("--new", "begin a new session (the default)").conflicts("session")).option("-e, --endpoint <name>", "the endpoint to ask; see loopd endpoints list").option("-m, --model <model>", "the model to ask for").option("--tools <a,b>", "only these tools, for this turn", commaList).option("--deny-tools <a,b>", "not these tools, for this turn", commaList).option("--note <text>", "something the model should know for this turn only").option("--max-steps <n>", "model requests at most, for this turn", wholeNumber(1, 1e4)).option("-y, --yes", "approve what the rules would ask about, for this turn; denies and warnings still stand").addOption(new Option("--no-wait", "leave with exit code 3 when a person has to answer")).addOption(new Option("-d, --detach", "print session and turn, and leave at once").conflicts("wait")).option("--json", "print entries and deltas, one JSON value per line").option("-w, --workspace <folder>", "the folder to work in, for a new session (default: this one)").addHelpText(
    "after",
    examples(
      'loopd ask "Which files under this folder are the largest?"',
      'loopd ask --session s3k9 "And which of them can go?"',
      'git diff | loopd ask - --note "Review what stands on standard input"',
      'loopd ask --json --no-wait "Run the tests" | jq -c .kind'
    ) + "\n\nCtrl-C leaves the turn running (exit 0, or 3 if it waits for you); Ctrl-C again within 1.5 s cancels it (130).\nExit codes: 0 done, 1 failed, 2 wrong call, 3 left waiting for a person, 4 no helper, 5 endpoint failed."
  ).action(ask);
}
async function ask(words3, options) {
  const request = await turnRequest(words3, options);
  const turn = await followTurn({ type: "submit", request }, openForCli);
  if (options.detach === true) {
    turn.close();
    process.stdout.write(`${JSON.stringify({ session: turn.session, turn: turn.turn })}
`);
    return say(`Follow it with: ${programName(process.env)} turn wait ${turn.session}`);
  }
  const output = options.json === true ? "json" : "answer";
  throw new ExitWith(await attendTurn(turn, { output, onCard: options.wait ? "wait" : "leave" }));
}
async function turnRequest(words3, options) {
  const { endpoint, model, tools, denyTools, note, maxSteps, yes } = options;
  if (options.session !== void 0 && options.workspace !== void 0) {
    throw usage("--workspace is for a new session; this one keeps its folder. Leave out --workspace or --session.");
  }
  const unsaved = endpoint === void 0 ? unsavedEndpoint(process.env, model) : void 0;
  const given = options.session;
  const place = given === void 0 ? { workspace: workspaceOf(options.workspace) } : { session: await withHelper((connection) => resolveSession(connection, given)) };
  const input = await promptText(words3);
  const overrides = { maxSteps, tools, denyTools, note, yes };
  return { requestId: randomUUID(), input, ...place, endpoint, model, unsaved, overrides };
}
function workspaceOf(given) {
  const folder = resolve2(standingFolder(process.env, process.cwd()), given ?? ".");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true) return folder;
  throw new LoopdError("workspace-missing", `There is no folder ${folder} to work in. Name another with --workspace.`);
}

// src/commands/cli/table.ts
function table(columns, rows) {
  const cells = [columns.map(({ head }) => head), ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => dist_default(row[column] ?? ""))));
  const line = (row) => columns.map(({ align }, column) => {
    const cell = row[column] ?? "";
    const padding = " ".repeat(Math.max(0, (widths[column] ?? 0) - dist_default(cell)));
    return align === "right" ? padding + cell : cell + padding;
  }).join("  ").trimEnd();
  return cells.map(line).join("\n");
}
function cellText(text) {
  return visibleText(text.replace(/\s+/g, " ").trim());
}

// src/commands/cli/endpoints.ts
var { dialect, auth, trust } = endpointProfileSchema.shape;
function addEndpoints(program2) {
  const endpoints = program2.command("endpoints").description("Say where models live, and which one is asked.").addHelpText(
    "after",
    examples(
      "loopd endpoints add local --url http://127.0.0.1:8080 --model qwen3 --window 32768 --use",
      "loopd endpoints use local"
    )
  );
  endpoints.command("list").description("List endpoints; * marks the one that is asked.").option("--json", "print JSON").addHelpText("after", examples("loopd endpoints list --json")).action(list2);
  one(endpoints, "show", "Show an endpoint.").action(
    async (name, options) => printRow((await withHelper((connection) => connection.request("endpoint.show", { name }))).endpoint, options)
  );
  one(endpoints, "use", "Ask this endpoint from now on.").action(
    async (name, options) => printRow((await withHelper((connection) => connection.request("endpoint.use", { name }))).endpoint, options)
  );
  endpoints.command("remove").argument("<name>", "the endpoint").description("Forget an endpoint and its key.").addHelpText("after", examples("loopd endpoints remove local")).action(async (name) => {
    await withHelper((connection) => connection.request("endpoint.remove", { name }));
    print(`Removed ${name} and its key.`);
  });
  profileOptions(endpoints.command("add"), "required").description("Add an endpoint.").option("--use", "ask it from now on").addHelpText(
    "after",
    examples(
      "loopd endpoints add local --url http://127.0.0.1:8080 --dialect anthropic --model qwen3 --window 32768 --use",
      "loopd endpoints add cloud --url https://api.anthropic.com --model claude-sonnet-4-5 --key-env ANTHROPIC_API_KEY"
    ) + "\n\nA key is read now and kept in secrets.json, readable by you alone; it is never shown again."
  ).action(add);
  profileOptions(endpoints.command("set"), "optional").description("Change an endpoint; what is not named stays as it is.").addHelpText(
    "after",
    examples(
      "loopd endpoints set local --model qwen3-coder",
      "pass show api | loopd endpoints set cloud --key-stdin"
    )
  ).action(set);
}
function one(endpoints, verb, description) {
  return endpoints.command(verb).argument("<name>", "the endpoint").description(description).option("--json", "print JSON").addHelpText("after", examples(`loopd endpoints ${verb} local`));
}
function profileOptions(command, need) {
  const isRequired = need === "required";
  return command.argument("<name>", "what to call it").addOption(new Option("--url <url>", "its address").makeOptionMandatory(isRequired)).addOption(new Option("--model <model>", "the model to ask for").makeOptionMandatory(isRequired)).addOption(new Option("--dialect <dialect>", "the API it speaks (default: anthropic)").choices(dialect.options)).option("--window <tokens>", "its context window in tokens", wholeNumber(1024, 1e8)).addOption(new Option("--auth <how>", "how the key is sent").choices(auth.unwrap().options)).addOption(new Option("--trust <where>", "whether text leaves this machine").choices(trust.unwrap().options)).option("--api-version <version>", "value of the anthropic-version header").option("--slots <n>", "requests that it works on at once", wholeNumber(1, 64)).option("--key-env <variable>", "read the key from this environment variable").addOption(new Option("--key-stdin", "read the key from standard input").conflicts("keyEnv")).option("--json", "print JSON");
}
async function list2({ json }) {
  const { endpoints } = await withHelper((connection) => connection.request("endpoint.list", {}));
  if (json === true) return printJson(endpoints);
  const columns = [
    { head: "" },
    { head: "NAME" },
    { head: "MODEL" },
    { head: "DIALECT" },
    { head: "WINDOW", align: "right" },
    { head: "TRUST" },
    { head: "KEY" },
    { head: "URL" }
  ];
  const rows = endpoints.map((row) => [
    row.isActive ? "*" : " ",
    row.name,
    row.model,
    row.dialect,
    row.window === void 0 ? "?" : String(row.window),
    row.trust,
    row.hasKey ? "yes" : "no",
    row.url
  ]);
  print(table(columns, rows));
}
async function add(name, options) {
  const key = await keyOf(options);
  const { url = "", model = "" } = options;
  const defaults = {
    dialect: "anthropic",
    auth: key === void 0 ? "none" : "x-api-key",
    trust: trustOf(url)
  };
  const profile = { ...defaults, ...changesOf(options), url, model };
  const { endpoint } = await withHelper(
    (connection) => connection.request("endpoint.add", { name, profile, key, use: options.use === true })
  );
  printRow(endpoint, options);
  if (options.json !== true && !endpoint.isActive)
    print(`Ask it with --endpoint ${name}, or always: loopd endpoints use ${name}`);
}
async function set(name, options) {
  const key = await keyOf(options);
  const changes = changesOf(options);
  if (key === void 0 && Object.keys(changes).length === 0) {
    throw usage("There is nothing to change. Example: loopd endpoints set local --model qwen3-coder");
  }
  const { endpoint } = await withHelper(async (connection) => {
    const before = key === void 0 ? void 0 : (await connection.request("endpoint.show", { name })).endpoint;
    const how = before?.auth === "none" && changes.auth === void 0 ? { auth: "x-api-key" } : {};
    return connection.request("endpoint.set", { name, changes: { ...changes, ...how }, key });
  });
  printRow(endpoint, options);
}
function changesOf(options) {
  const { url, model, dialect: spoken, window, auth: how, trust: where, apiVersion, slots } = options;
  const all = { url, model, dialect: spoken, window, auth: how, trust: where, apiVersion, slots };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== void 0));
}
async function keyOf({ keyEnv, keyStdin }) {
  if (keyEnv !== void 0) {
    const key2 = process.env[keyEnv]?.trim();
    if (!key2) throw usage(`The environment variable ${keyEnv} is not set or empty. Export it, or use --key-stdin.`);
    return key2;
  }
  if (keyStdin !== true) return void 0;
  if (process.stdin.isTTY) process.stderr.write("Paste the key, then Enter and Ctrl-D:\n");
  const key = (await readStandardInput("key")).trim();
  if (key === "" || /\s/.test(key)) throw usage("Standard input held no key, or more than one word.");
  return key;
}
function printRow(row, { json }) {
  if (json === true) return printJson(row);
  const window = row.window === void 0 ? "unknown window" : `${row.window} tokens`;
  const key = row.hasKey ? `key sent as ${row.auth}` : "no key";
  print(
    `${row.name}${row.isActive ? " (asked)" : ""}: ${row.model} at ${row.url}
  ${row.dialect} \xB7 ${window} \xB7 ${row.trust} \xB7 ${key}`
  );
}

// src/commands/cli/helper.ts
import { spawn as spawn2 } from "node:child_process";
import { constants } from "node:os";

// src/commands/stop-helper.ts
import { setTimeout as delay3 } from "node:timers/promises";
var STOP_LIMIT = 3e4;
var POLL_PAUSE = 20;
async function stopHelper(connection) {
  const { pid } = connection.hello;
  await connection.request("helper.stop", {}).catch((thrown) => {
    if (asLoopdError(thrown).code !== "connection-closed") throw thrown;
  });
  connection.close();
  const deadline = performance.now() + STOP_LIMIT;
  while (isAlive(pid)) {
    if (performance.now() > deadline) {
      throw new LoopdError(
        "not-allowed",
        `The helper (process ${pid}) has not ended after ${STOP_LIMIT / 1e3} s. End it with: kill ${pid}`
      );
    }
    await delay3(POLL_PAUSE);
  }
}
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// src/commands/cli/helper-log.ts
import { createReadStream, existsSync as existsSync2, readdirSync, readFileSync as readFileSync2, statSync as statSync2 } from "node:fs";
import { join as join3 } from "node:path";
import { setTimeout as delay4 } from "node:timers/promises";
var LEVELS = { 10: "trace", 20: "debug", 30: "info", 40: "warn", 50: "error", 60: "fatal" };
var POLL_PAUSE2 = 250;
async function showLog(home, options) {
  const folder = join3(home, "logs");
  const show4 = (line) => print(options.json === true ? line : logLine(line));
  const files = logFiles(folder);
  if (files.length === 0 && options.follow !== true)
    return print(`There is no log in ${folder}: no helper has run for this home.`);
  for (const line of lastLines(files, options.lines)) show4(line);
  if (options.follow !== true) return;
  let current = files.at(-1);
  let offset = current === void 0 ? 0 : statSync2(current).size;
  for (; ; ) {
    const newest = logFiles(folder).at(-1);
    if (current !== void 0) offset = await printFrom(current, offset, show4);
    if (newest !== current) {
      current = newest;
      offset = 0;
    } else {
      await delay4(POLL_PAUSE2);
    }
  }
}
function logFiles(folder) {
  if (!existsSync2(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^helper.*\.log$/.test(name));
  const files = names.map((name) => join3(folder, name));
  return files.map((path2) => ({ path: path2, time: statSync2(path2).mtimeMs })).sort((a, b) => a.time - b.time || a.path.localeCompare(b.path, "en", { numeric: true })).map(({ path: path2 }) => path2);
}
function lastLines(files, wanted) {
  let lines = [];
  for (const file of files.toReversed()) {
    if (lines.length >= wanted) break;
    lines = [
      ...readFileSync2(file, "utf8").split("\n").filter((line) => line !== ""),
      ...lines
    ];
  }
  return wanted === 0 ? [] : lines.slice(-wanted);
}
async function printFrom(file, from, show4) {
  let rest = Buffer.alloc(0);
  let offset = from;
  for await (const chunk of createReadStream(file, { start: from })) {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      show4(rest.toString("utf8", 0, end));
      offset += end + 1;
      rest = rest.subarray(end + 1);
    }
  }
  return offset;
}
function logLine(line) {
  try {
    const { time, level, msg, pid, ...rest } = JSON.parse(line);
    const at = typeof time === "number" ? new Date(time).toISOString() : "";
    const more = Object.keys(rest).length === 0 ? "" : ` ${JSON.stringify(rest)}`;
    return `${at} ${LEVELS[Number(level)] ?? String(level)} [${String(pid)}] ${String(msg ?? "")}${more}`;
  } catch {
    return line;
  }
}

// src/commands/cli/helper.ts
function addHelper(program2) {
  const helper = program2.command("helper").description("Start, stop and look after the process that does the work.").addHelpText("after", examples("loopd helper status", "loopd helper logs --follow"));
  helper.command("start").description("Start the helper, unless it runs.").addHelpText(
    "after",
    examples("loopd helper start", "LOOPD_HOME=/tmp/try loopd helper start   # another home, another helper")
  ).action(start);
  helper.command("stop").description("Stop the helper. Open turns stay open and go on when it starts again.").addHelpText("after", examples("loopd helper stop")).action(stop);
  helper.command("status").description("Show the running helper; exit code 4 if there is none. Starts nothing.").option("--json", "print JSON").addHelpText("after", examples("loopd helper status", "loopd helper status --json")).action(status);
  helper.command("run").description("Run the helper in this terminal, for a supervisor or to see it fail.").addHelpText("after", examples("loopd helper run")).action(run);
  helper.command("logs").description("Print the helper's log, which is for mending it; what turns do is in loopd trace show.").option("-n, --lines <n>", "how many lines", wholeNumber(0, 1e6), 50).option("-f, --follow", "go on with new lines as they come").option("--json", "print the lines as they stand in the file").addHelpText("after", examples("loopd helper logs -n 200", "loopd helper logs --follow")).action((options) => showLog(helperProgram().home, options));
}
async function start() {
  await withHelper(
    async ({ hello }) => print(`The helper runs: process ${hello.pid}, version ${hello.version}, home ${hello.home}`)
  );
}
async function stop() {
  try {
    const connection = await openForCli(() => {
    }, "never");
    await stopHelper(connection);
    print(`The helper (process ${connection.hello.pid}) has stopped.`);
  } catch (thrown) {
    if (asLoopdError(thrown).code !== "helper-unreachable") throw thrown;
    print("No helper runs.");
  }
}
async function status({ json }) {
  const connection = await openForCli(() => {
  }, "never").catch((thrown) => {
    const error = asLoopdError(thrown);
    if (error.code !== "helper-unreachable") throw error;
    const { home } = helperProgram();
    const message = `No helper runs for ${home}. Start it with: ${programName(process.env)} helper start`;
    throw new LoopdError("helper-unreachable", message, { cause: error });
  });
  const row = await connection.request("helper.status", {});
  connection.close();
  if (json === true) return printJson(row);
  print(`The helper runs: process ${row.pid}, version ${row.version}, protocol ${row.protocolVersion}`);
  print(`  home       ${row.home}`);
  print(`  up         ${duration(row.uptimeMs)}, ${byteSize(row.rssBytes)} of memory`);
  print(`  turns      ${row.runningTurns} running, ${row.pendingApprovals} waiting for you`);
  print(`  endpoint   ${row.endpoint}`);
  if (row.nextRun !== void 0) print(`  next run   ${row.nextRun}`);
}
async function run() {
  const { home, helperScript, node } = helperProgram();
  const child = spawn2(node, [...NODE_FLAGS, helperScript], {
    stdio: "inherit",
    env: helperEnvironment(process.env, home)
  });
  const pass = (signal) => child.kill(signal);
  process.on("SIGTERM", pass);
  process.on("SIGHUP", pass);
  process.on("SIGINT", () => {
  });
  const exitCode = await new Promise((resolve3, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve3(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  });
  throw new ExitWith(exitCode);
}

// src/commands/cli/default-verb.ts
var LISTS = ["approvals", "sessions", "endpoints", "tools"];
function withDefaultVerb(words3) {
  const [noun, verb, ...rest] = words3;
  if (noun === void 0 || !LISTS.includes(noun)) return [...words3];
  const isBare = verb === void 0 || verb.startsWith("-") && verb !== "--help" && verb !== "-h";
  return isBare ? [noun, "list", ...verb === void 0 ? [] : [verb], ...rest] : [...words3];
}

// src/commands/cli/sessions.ts
function addSessions(program2) {
  const sessions = program2.command("sessions").description("List, show and search conversations.").addHelpText(
    "after",
    examples("loopd sessions", "loopd sessions show s3k9", 'loopd sessions search "largest files"')
  );
  sessions.command("list").description("List sessions, the newest first.").option("-n, --limit <n>", "how many at most", wholeNumber(1, 1e3), 100).option("--json", "print JSON").addHelpText("after", examples("loopd sessions list --limit 10", "loopd sessions list --json")).action(list3);
  sessions.command("show").argument("<session>", "the session, or the beginning of its id").description("Show what was asked and answered in a session.").option("--json", "print JSON").addHelpText("after", examples("loopd sessions show s3k9", "loopd trace show s3k9   # every recorded fact")).action(show);
  sessions.command("search").argument("<query...>", "words to find in prompts, answers and tool output").description("Search the text of all sessions.").option("-n, --limit <n>", "how many hits at most", wholeNumber(1, 1e3), 20).option("--json", "print JSON").addHelpText("after", examples("loopd sessions search tax return", "loopd sessions search --json README")).action(search);
}
async function list3({ json, limit }) {
  const { sessions } = await withHelper((connection) => connection.request("session.list", { limit }));
  if (json === true) return printJson(sessions);
  if (sessions.length === 0) return print('There is no session yet. Begin one with: loopd ask "\u2026"');
  const columns = [
    { head: "SESSION" },
    { head: "CHANGED" },
    { head: "TURNS", align: "right" },
    { head: "STATE" },
    { head: "TITLE" }
  ];
  const now = Date.now();
  const row = ({ session, updatedAt, turns, state, title }) => [
    session,
    ago(updatedAt, now),
    String(turns),
    state,
    oneLine(title, 60)
  ];
  print(table(columns, sessions.map(row)));
}
async function show(prefix, { json }) {
  const { session, turns } = await withHelper(
    async (connection) => connection.request("session.show", { session: await resolveSession(connection, prefix) })
  );
  if (json === true) return printJson({ session, turns });
  print(
    `${session.session}  ${session.title}
${session.workspace} \xB7 ${plural(session.turns, "turn")} \xB7 ${session.state}`
  );
  for (const turn of turns) printTurn(turn);
}
function printTurn({ input, startedAt, state, text }) {
  const head = printableText(`${startedAt}  ${state}`);
  process.stdout.write(
    `
${styled("dim", head, process.stdout)}
${styled("bold", printableText(`> ${input.replaceAll("\n", "\n> ")}`), process.stdout)}
`
  );
  if (text !== void 0 && text !== "") print(text);
  else if (state !== "queued" && state !== "running" && state !== "waiting") print(presentFinish(state).sentence);
}
async function search(words3, { json, limit }) {
  const query = words3.join(" ");
  const { hits } = await withHelper((connection) => connection.request("session.search", { query, limit }));
  if (json === true) return printJson(hits);
  if (hits.length === 0) return print(`Nothing was found for: ${query}`);
  for (const hit of hits) printHit(hit);
}
function printHit({ session, title, kind, at, snippet }) {
  const where = `${session}  ${ago(at, Date.now())}  ${kind}  ${oneLine(title, 60)}`;
  const marked = oneLine(snippet, 200).replace(
    /\*\*(.+?)\*\*/g,
    (_, words3) => styled("bold", words3, process.stdout)
  );
  process.stdout.write(`${styled("dim", where, process.stdout)}
  ${marked}
`);
}

// src/commands/cli/tools.ts
function addTools(program2) {
  const tools = program2.command("tools").description("List and show what the model can call.").addHelpText("after", examples("loopd tools", "loopd tools show shell_run"));
  tools.command("list").description("List tools with what each costs in every prompt.").option("--json", "print JSON").addHelpText("after", examples("loopd tools list --json")).action(list4);
  tools.command("show").argument("<name>", "the tool").description("Show a tool and what it takes.").option("--json", "print JSON").addHelpText("after", examples("loopd tools show files_search")).action(show2);
}
async function list4({ json }) {
  const { tools } = await withHelper((connection) => connection.request("tool.list", {}));
  if (json === true) return printJson(tools);
  const right = "right";
  const columns = [
    { head: "NAME" },
    { head: "EFFECT" },
    { head: "LIMIT", align: right },
    { head: "TOKENS", align: right },
    { head: "DESCRIPTION" }
  ];
  const row = (tool) => [
    tool.name,
    tool.effect,
    duration(tool.timeLimitMs),
    count(tool.tokens),
    oneLine(tool.description, 80)
  ];
  const total = tools.reduce((sum, { tokens }) => sum + tokens, 0);
  print(table(columns, [...tools.map(row), [`${tools.length} tools`, "", "", count(total), ""]]));
}
async function show2(name, { json }) {
  const { tool } = await withHelper((connection) => connection.request("tool.show", { name }));
  if (json === true) return printJson(tool);
  const repeat = tool.isIdempotent ? "may be repeated" : "is never repeated by itself";
  print(`${tool.name} (${tool.group}): ${tool.description}`);
  print(
    `  ${tool.effect}: ${effectWords[tool.effect]} \xB7 at most ${duration(tool.timeLimitMs)} \xB7 ${repeat} \xB7 ${count(tool.tokens)} tokens`
  );
  print(JSON.stringify(tool.inputSchema, null, 2));
}

// src/commands/present/entry.ts
var LONGEST2 = 140;
function entryGist(entry) {
  return oneLine(words(entry), LONGEST2);
}
function words(entry) {
  switch (entry.kind) {
    case "session.created":
      return `${entry.data.title} in ${entry.data.workspace}`;
    case "session.forked":
      return `from ${entry.data.from} at ${entry.data.at}`;
    case "epoch.opened": {
      const { reason, endpoint, model, tools, carries } = entry.data;
      return `${reason}: ${model} at ${endpoint}, ${tools.length} tools, carries ${carries.length} messages`;
    }
    case "epoch.skipped":
      return `${entry.data.reason}: ${entry.data.why}`;
    case "turn.started":
      return `${entry.data.origin} asks ${entry.data.model} at ${entry.data.endpoint}: ${entry.data.input}`;
    case "note.added":
      return `${entry.data.from}: ${entry.data.text}`;
    case "request.sent": {
      const { purpose, model, bytes, reusedBytes, brokenBy } = entry.data;
      const broken = brokenBy === void 0 ? "" : `, prefix broken by ${brokenBy}`;
      return `${purpose} to ${model}: ${count(bytes)} bytes, ${count(reusedBytes)} reused${broken}`;
    }
    case "model.responded": {
      const { content, stopReason, usage: usage2 } = entry.data;
      const tokens = usage2 === void 0 ? "" : `, ${count(usage2.inputTokens)} \u2192 ${count(usage2.outputTokens)} tokens`;
      const calls = content.flatMap((block) => block.type === "tool_use" ? [block.name] : []);
      return `${stopReason}${tokens}${calls.length > 0 ? `, calls ${calls.join(", ")}` : ""}: ${textOf(content)}`;
    }
    case "tool.requested":
      return callSummary(entry.data.name, entry.data.arguments);
    case "hook.applied":
      return `${entry.data.hook} at ${entry.data.at}: ${entry.data.change}`;
    case "tool.decided": {
      const { decision, ruleId, causes, reason } = entry.data;
      const why = causes.map(({ type, source }) => `${type} ${source}`).join(", ");
      return `${decision} by ${ruleId}${why === "" ? "" : `, because of ${why}`}${reason === void 0 ? "" : `: ${reason}`}`;
    }
    case "card.opened":
      return `${entry.data.type} ${entry.data.cardId}`;
    case "card.resolved": {
      const { cardId, resolution, by, reason, answer: answer2 } = entry.data;
      const said = reason ?? (answer2 === void 0 ? "" : JSON.stringify(answer2));
      return `${cardId} ${resolution} by ${by}${said === "" ? "" : `: ${said}`}`;
    }
    case "tool.started":
      return `${entry.data.callId}, attempt ${entry.data.attempt}, at most ${duration(entry.data.timeLimitMs)}`;
    case "tool.spawned":
      return `${entry.data.callId} is process ${entry.data.pid}`;
    case "tool.finished": {
      const { name, outcome, durationMs, text } = entry.data;
      return `${name} ${outcome} after ${duration(durationMs)}: ${text}`;
    }
    case "rule.added":
    case "rule.removed":
      return `${entry.data.rule.id}: ${entry.data.rule.decision} ${JSON.stringify(entry.data.rule.when)}`;
    case "state.changed":
      return `${entry.data.store} ${entry.data.key}`;
    case "turn.stopping":
      return `${entry.data.by}${entry.data.why === "" ? "" : `: ${entry.data.why}`}`;
    case "turn.finished": {
      const { finish, error, text } = entry.data;
      return `${finish}${error === void 0 ? "" : ` (${error.code}: ${error.message})`}: ${text}`;
    }
  }
}

// src/commands/cli/trace.ts
var PAGE = 500;
function addTrace(program2) {
  const trace = program2.command("trace").description("Look at every recorded fact of a session.").addHelpText("after", examples("loopd trace show s3k9"));
  const kinds = Object.keys(entryData);
  trace.command("show").argument("<session>", "the session, or the beginning of its id").description("Print the trace of a session, the oldest entry first.").option("--json", "print the entries as one JSON array").addOption(new Option("-k, --kind <a,b>", "only entries of these kinds").argParser(kindList)).addHelpText(
    "after",
    examples(
      "loopd trace show s3k9",
      "loopd trace show s3k9 --kind tool.finished --json",
      `
Kinds: ${kinds.join(", ")}`
    )
  ).action(show3);
}
function kindList(text) {
  return commaList(text).map((kind) => {
    if (Object.hasOwn(entryData, kind)) return kind;
    throw new InvalidArgumentError(`There is no kind ${kind}. Kinds: ${Object.keys(entryData).join(", ")}.`);
  });
}
async function show3(prefix, { json, kind }) {
  await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    let isFirst = true;
    if (json === true) process.stdout.write("[");
    for await (const entry of readTrace(connection, session)) {
      if (kind !== void 0 && !kind.includes(entry.kind)) continue;
      if (json === true) process.stdout.write(`${isFirst ? "\n" : ",\n"}${JSON.stringify(entry)}`);
      else print(`${String(entry.seq).padStart(6)}  ${entry.at}  ${entry.kind.padEnd(15)}  ${entryGist(entry)}`);
      isFirst = false;
    }
    if (json === true) process.stdout.write("\n]\n");
  });
}
async function* readTrace(connection, session) {
  let after = 0;
  let limit = PAGE;
  for (; ; ) {
    try {
      const { entries, isEnd } = await connection.request("entries.read", { session, after, limit });
      yield* entries;
      const last = entries.at(-1);
      if (isEnd || last === void 0) return;
      after = last.seq;
    } catch (thrown) {
      if (asLoopdError(thrown).code !== "frame-too-large" || limit === 1) throw thrown;
      limit = Math.ceil(limit / 8);
    }
  }
}

// src/commands/cli/turn.ts
function addTurn(program2) {
  const turn = program2.command("turn").description("Steer, cancel or follow the turn of a session.").addHelpText(
    "after",
    examples("loopd turn wait s3k9", 'loopd turn steer s3k9 "Only the Markdown files"', "loopd turn cancel s3k9")
  );
  turn.command("steer").argument("<session>", "the session, or the beginning of its id").argument("<text...>", "what the model should know from now on; - reads it from standard input").description("Tell the model something while it works.").addHelpText("after", examples('loopd turn steer s3k9 "Leave out node_modules"')).action(steer);
  turn.command("cancel").argument("<session>", "the session, or the beginning of its id").description("Cancel the running turn of a session and those that wait behind it.").addHelpText("after", examples("loopd turn cancel s3k9")).action(cancel);
  turn.command("wait").argument("<session>", "the session, or the beginning of its id").description("Follow the newest turn of a session to its end, as loopd ask does.").option("--json", "print entries and deltas, one JSON value per line").addHelpText("after", examples("loopd turn wait s3k9", "loopd turn wait s3k9 --json | tail -1")).action(wait);
}
async function steer(prefix, words3) {
  const text = await promptText(words3);
  if (text.length > MAX_PROMPT_CHARACTERS)
    throw new LoopdError("prompt-too-large", "The text is too long to steer with.");
  await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const { turn } = await connection.request("turn.steer", { session, text });
    print(`Told turn ${turn}; the model reads it with its next step.`);
  });
}
async function cancel(prefix) {
  await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const { turns } = await connection.request("turn.cancel", { session, by: answeredBy(), why: "loopd turn cancel" });
    print(turns.length === 0 ? `Nothing runs in session ${session}.` : `Cancelled ${turns.join(", ")}.`);
  });
}
async function wait(prefix, options) {
  const place = await withHelper(async (connection) => {
    const session = await resolveSession(connection, prefix);
    const { turns } = await connection.request("session.show", { session });
    const newest = turns.reduce(
      (best, row) => best === void 0 || row.startedAt >= best.startedAt ? row : best,
      turns[0]
    );
    if (newest === void 0) throw new LoopdError("unknown-turn", `Session ${session} has no turn yet.`);
    return { session, turn: newest.turn };
  });
  const turn = await followTurn({ type: "attach", ...place }, openForCli);
  throw new ExitWith(await attendTurn(turn, { output: options.json === true ? "json" : "answer", onCard: "wait" }));
}

// src/commands/cli/main.ts
function createProgram() {
  const program2 = new Command("loopd").description("The agent loop a person owns: ask a model that works with your files and asks before it acts.").version(VERSION, "-V, --version").configureOutput({ outputError: () => {
  } }).exitOverride().helpCommand(false).addHelpText(
    "after",
    examples(
      'loopd ask "Which files under this folder are the largest?"',
      "loopd approvals",
      "loopd endpoints add local --url http://127.0.0.1:8080 --model qwen3 --use"
    ) + "\n\nEvery command explains itself with --help. LOOPD_HOME names the folder that holds everything."
  );
  for (const add2 of [addAsk, addTurn, addSessions, addApprovals, addEndpoints, addTools, addTrace, addHelper])
    add2(program2);
  return program2;
}
var words2 = process.argv.slice(2);
process.stdout.on("error", (error) => {
  if (error.code === "EPIPE" && process.stdout.listenerCount("error") === 1) process.exit(0);
});
try {
  await createProgram().parseAsync(withDefaultVerb(words2), { from: "user" });
  process.exit(0);
} catch (thrown) {
  process.exit(reportFailure(thrown, words2.includes("--json") ? "json" : "words"));
}
