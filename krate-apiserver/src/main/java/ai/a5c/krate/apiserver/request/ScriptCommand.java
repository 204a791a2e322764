package ai.a5c.krate.apiserver.request;

import ai.a5c.krate.apiserver.audit.ShellText;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The commands of what was written together, one after the other. Where they would be too long, it
 * names the objects in comments, which do nothing.
 */
final class ScriptCommand implements Command {
  private final List<ChangeCommand> commands;

  ScriptCommand(List<ChangeCommand> commands) {
    this.commands = List.copyOf(commands);
  }

  @Override
  public String text(String name) {
    var script = new StringBuilder();
    for (ChangeCommand command : commands) {
      script.append(script.isEmpty() ? "" : "\n").append(command.text());
      if (script.length() > ChangeCommand.LONGEST) {
        return named();
      }
    }
    return script.toString();
  }

  private String named() {
    return ShellText.comment(
            "The commands are left out, because they would be longer than "
                + ChangeCommand.LONGEST
                + " characters:")
        + commands.stream()
            .map(command -> "\n" + ShellText.comment(command.deed()))
            .collect(Collectors.joining());
  }
}
