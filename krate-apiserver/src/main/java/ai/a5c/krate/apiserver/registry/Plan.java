package ai.a5c.krate.apiserver.registry;

import ai.a5c.krate.api.meta.Revision;
import ai.a5c.krate.api.schema.StorageBoundary;
import ai.a5c.krate.apiserver.kind.Kind;
import ai.a5c.krate.spi.storage.Slot;
import ai.a5c.krate.spi.storage.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * A transaction while it is being written: steps of one side of the storage boundary, later
 * committed together or not at all. Used by one thread.
 */
public final class Plan {
  private final StorageBoundary boundary;
  private final String actor;
  private final Instant time;
  private final List<Step> steps = new ArrayList<>();

  /**
   * An empty plan.
   *
   * @param actor who causes it, copied to every change
   * @param time of the request
   */
  public Plan(StorageBoundary boundary, String actor, Instant time) {
    this.boundary = boundary;
    this.actor = actor;
    this.time = time;
  }

  public StorageBoundary boundary() {
    return boundary;
  }

  public String actor() {
    return actor;
  }

  public Instant time() {
    return time;
  }

  /** The steps so far, in order; a view. */
  public List<Step> steps() {
    return Collections.unmodifiableList(steps);
  }

  /** Adds a step and gives its index, by which slots name it. */
  public int add(Step step) {
    requireSide(step);
    steps.add(step);
    return steps.size() - 1;
  }

  /** Adds the writing of an object under its own name, its resourceVersion completed. */
  public int write(Kind kind, ApiObject old, ApiObject object) {
    int index = steps.size();
    return add(
        new Step.Write(
            kind, old, object, Template.of(object.name()), List.of(resourceVersion(index))));
  }

  /** Adds the removal of an object, last seen at the revision of its removal. */
  public int remove(Kind kind, Revision read, ApiObject last) {
    return add(new Step.Remove(kind, read, last, List.of(resourceVersion(steps.size()))));
  }

  /** What gives an object the revision of the step that writes it. */
  public static Completion resourceVersion(int step) {
    return Completion.text("", new Slot.RevisionOf(step), "metadata", "resourceVersion");
  }

  private void requireSide(Step step) {
    StorageBoundary side =
        switch (step) {
          case Step.Write write -> write.kind().boundary();
          case Step.Remove remove -> remove.kind().boundary();
          case Step.Require require -> require.kind().boundary();
          case Step.RequireRef ref -> StorageBoundary.RECORDS;
          case Step.MoveRef ref -> StorageBoundary.RECORDS;
          case Step.Count count -> boundary;
          case Step.RequireCount count -> boundary;
          case Step.Audit audit -> boundary;
        };
    if (side != boundary) {
      throw new IllegalArgumentException(
          "a plan of " + boundary + " cannot hold a step of " + side);
    }
  }
}
