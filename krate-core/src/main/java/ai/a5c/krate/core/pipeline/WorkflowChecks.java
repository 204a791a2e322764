package ai.a5c.krate.core.pipeline;

import ai.a5c.krate.api.problem.FieldError;
import ai.a5c.krate.api.records.Job;
import ai.a5c.krate.api.records.Workflow;
import ai.a5c.krate.apiserver.kind.GoDuration;
import ai.a5c.krate.core.forge.BranchPattern;
import ai.a5c.krate.core.forge.Glob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What a workflow must be like beyond its schema. */
final class WorkflowChecks {
  /** What the name of a check gets that a person started; so no workflow is called like that. */
  static final String MANUAL = "/manual";

  /** How long the name of a workflow is at most; with {@link #MANUAL} it is that of a check. */
  static final int LONGEST_NAME = 200;

  private static final Pattern NAME = Pattern.compile("[!-~]([ -~]*[!-~])?");
  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofHours(24);

  private final List<FieldError> errors = new ArrayList<>();

  private WorkflowChecks() {}

  /** What is wrong with the name of a workflow; empty if nothing is. */
  static String nameFault(String name) {
    if (!NAME.matcher(name).matches()) {
      return "a name is printable ASCII and neither begins nor ends with a space";
    }
    if (name.length() > LONGEST_NAME) {
      return "a name has at most " + LONGEST_NAME + " characters";
    }
    return name.endsWith(MANUAL) ? "such names are those of what people start" : "";
  }

  static List<FieldError> errors(Workflow.Spec spec) {
    var checks = new WorkflowChecks();
    checks.triggers(spec.on());
    checks.environment(spec);
    checks.between("spec.timeout", spec.timeout());
    Set<String> before = new HashSet<>();
    for (int i = 0; i < spec.steps().size(); i++) {
      Workflow.Step step = spec.steps().get(i);
      checks.step(step, "spec.steps[" + i + "]", before);
      before.add(step.name());
    }
    return checks.errors;
  }

  private void triggers(Workflow.On on) {
    Workflow.Push push = on.push();
    Workflow.PullRequests pulls = on.pullRequest();
    if (push == null && pulls == null && on.manual() == null) {
      errors.add(
          FieldError.invalid("spec.on", "{}", "it names none of push, pullRequest and manual"));
    }
    if (push != null) {
      branches("spec.on.push.branches", push.branches());
      branches("spec.on.push.tags", push.tags());
      paths("spec.on.push.paths", push.paths());
    }
    if (pulls != null) {
      branches("spec.on.pullRequest.targetBranches", pulls.targetBranches());
      paths("spec.on.pullRequest.paths", pulls.paths());
    }
  }

  private void branches(String field, List<String> patterns) {
    for (int i = 0; i < patterns.size(); i++) {
      if (BranchPattern.parse(patterns.get(i)).isEmpty()) {
        errors.add(
            FieldError.invalid(
                field + "[" + i + "]", patterns.get(i), "no branch or tag is called like that"));
      }
    }
  }

  private void paths(String field, List<String> patterns) {
    for (int i = 0; i < patterns.size(); i++) {
      if (Glob.parse(patterns.get(i)).isEmpty() || isOutside(patterns.get(i))) {
        errors.add(
            FieldError.invalid(
                field + "[" + i + "]", patterns.get(i), "it is no pattern of paths"));
      }
    }
  }

  private void environment(Workflow.Spec spec) {
    Set<String> names = new HashSet<>();
    variables("spec.env", spec.env(), names);
    boolean byEvent = spec.on().push() != null || spec.on().pullRequest() != null;
    for (int i = 0; i < spec.parameters().size(); i++) {
      Workflow.Parameter parameter = spec.parameters().get(i);
      String field = "spec.parameters[" + i + "]";
      reserved(field + ".name", parameter.name());
      if (!names.add(parameter.name())) {
        errors.add(FieldError.invalid(field + ".name", parameter.name(), "spec.env has it, too"));
      }
      if (byEvent && parameter.defaultValue() == null) {
        errors.add(FieldError.required(field + ".defaultValue", ""));
      }
      value(field + ".defaultValue", parameter.defaultValue());
    }
  }

  private void variables(String field, List<Job.EnvVar> variables, Set<String> names) {
    for (int i = 0; i < variables.size(); i++) {
      String name = variables.get(i).name();
      reserved(field + "[" + i + "].name", name);
      value(field + "[" + i + "].value", variables.get(i).value());
      names.add(name);
    }
  }

  private void value(String field, @Nullable String value) {
    if (value != null && value.indexOf('\0') >= 0) {
      errors.add(FieldError.invalid(field, "", "no variable of a process can hold a NUL"));
    }
  }

  private void reserved(String field, String name) {
    if (Variables.isReserved(name)) {
      errors.add(FieldError.invalid(field, name, "the server sets it"));
    }
  }

  private void step(Workflow.Step step, String field, Set<String> before) {
    variables(field + ".env", step.env(), new HashSet<>());
    between(field + ".timeout", step.timeout());
    if (isOutside(step.workingDirectory())) {
      errors.add(
          FieldError.invalid(
              field + ".workingDirectory",
              step.workingDirectory(),
              "it is a folder below the workspace"));
    }
    if (step.script().indexOf('\0') >= 0) {
      errors.add(FieldError.invalid(field + ".script", "", "a script has no character 0"));
    }
    for (int i = 0; i < step.needs().size(); i++) {
      if (!before.contains(step.needs().get(i))) {
        errors.add(
            FieldError.invalid(
                field + ".needs[" + i + "]",
                step.needs().get(i),
                "no step before it has the name"));
      }
    }
  }

  private void between(String field, @Nullable Duration time) {
    if (time != null && (time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0)) {
      errors.add(FieldError.invalid(field, GoDuration.print(time), "it is from 1s to 24h"));
    }
  }

  /** Whether a path does not stay below where it begins. */
  private static boolean isOutside(String path) {
    return path.startsWith("/")
        || path.indexOf('\0') >= 0
        || List.of(path.split("/", -1)).contains("..");
  }
}
