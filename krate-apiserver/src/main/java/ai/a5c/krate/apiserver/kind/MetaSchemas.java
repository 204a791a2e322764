package ai.a5c.krate.apiserver.kind;

import ai.a5c.krate.apiserver.kind.Schema.Format;
import ai.a5c.krate.apiserver.kind.Schema.ListType;
import ai.a5c.krate.apiserver.kind.Schema.Property;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The schemas of what every kind shares: {@code meta/v1} of apimachinery. */
final class MetaSchemas {
  static final Schema.ObjectSchema OWNER_REFERENCE =
      object("An object that this one depends on.")
          .required("apiVersion", text("The API version of the owner."))
          .required("kind", text("The kind of the owner."))
          .required("name", text("The name of the owner."))
          .required("uid", text("The uid of the owner."))
          .with("controller", flag("Whether the owner is the controller that manages this object."))
          .with(
              "blockOwnerDeletion",
              flag(
                  "Whether the owner stays, deleted in the foreground, until this object is gone."))
          .build();

  static final Schema.ObjectSchema MANAGED_FIELDS_ENTRY =
      object("The fields that one manager has written.")
          .with("manager", text("Who wrote them."))
          .with("operation", text("How they were written: Apply or Update."))
          .with("apiVersion", text("The version of the kind that the fields are of."))
          .with("time", time("When they were last written."))
          .with("fieldsType", text("The form of fieldsV1."))
          .with("fieldsV1", new Schema.AnySchema("The set of fields."))
          .with("subresource", text("The subresource through which they were written."))
          .build();

  static final Schema.ObjectSchema OBJECT_META =
      object("What all objects have: names, labels, and what the server keeps count of.")
          .with("name", text("The name, unique in the namespace for the kind."))
          .with("generateName", text("The beginning of a name that the server completes."))
          .with("namespace", text("The namespace that the object lives in."))
          .with("labels", texts("Labels, by which objects are selected."))
          .with("annotations", texts("Further notes, which nothing is selected by."))
          .with("uid", text("The identity of the object for ever, given by the server."))
          .with("resourceVersion", text("An opaque token that changes with every write."))
          .with("generation", number("Counts the changes of what is wanted."))
          .with("creationTimestamp", time("When the object was created."))
          .with("deletionTimestamp", time("When the deletion of the object was asked for."))
          .with("deletionGracePeriodSeconds", number("How long the deletion may take."))
          .with(
              "finalizers",
              list("What must still be done before the object is gone.", text(""), ListType.SET))
          .with(
              "ownerReferences",
              list("The objects that this one depends on.", OWNER_REFERENCE, ListType.MAP, "uid"))
          .with(
              "managedFields",
              list(
                  "Which manager has written which fields.", MANAGED_FIELDS_ENTRY, ListType.ATOMIC))
          .with("selfLink", text("No longer in use."))
          .build();

  static final Schema.ObjectSchema LIST_META =
      object("What all lists have.")
          .with("resourceVersion", text("The state of the server that the list was read from."))
          .with("continue", text("The token with which the next page is asked for."))
          .with("remainingItemCount", number("How many objects come after this page."))
          .with("selfLink", text("No longer in use."))
          .build();

  static final Schema.ObjectSchema STATUS =
      object("The answer where there is no object to give.")
          .with("apiVersion", text("The version of this form."))
          .with("kind", text("The kind of this form."))
          .with("metadata", LIST_META)
          .with("status", text("Success or Failure."))
          .with("message", text("One line for a person."))
          .with("reason", text("One word for a program."))
          .with(
              "details",
              object("What it is about.")
                  .with("name", text("The name of the object."))
                  .with("group", text("The API group of the object."))
                  .with("kind", text("The kind or plural of the object."))
                  .with("uid", text("The uid of the object."))
                  .with(
                      "causes",
                      list(
                          "What exactly is wrong.",
                          object("One thing that is wrong.")
                              .with("reason", text("One word for a program."))
                              .with("message", text("One line for a person."))
                              .with("field", text("The field that is wrong."))
                              .build(),
                          ListType.ATOMIC))
                  .with("retryAfterSeconds", number("How long to wait before trying again."))
                  .build())
          .with("code", number("The HTTP status code."))
          .build();

  static final Schema.ObjectSchema DELETE_OPTIONS =
      object("How to delete.")
          .with("apiVersion", text("The version of this form."))
          .with("kind", text("The kind of this form."))
          .with("gracePeriodSeconds", number("How long the deletion may take."))
          .with(
              "preconditions",
              object("What must be so for the deletion to happen.")
                  .with("uid", text("The uid that the object must have."))
                  .with("resourceVersion", text("The resource version that the object must have."))
                  .build())
          .with("orphanDependents", flag("No longer in use: see propagationPolicy."))
          .with(
              "propagationPolicy",
              text("What happens to dependents: Orphan, Background or Foreground."))
          .with("dryRun", list("All, if nothing is to be stored.", text(""), ListType.ATOMIC))
          .build();

  private MetaSchemas() {}

  /** The schema of a whole object of the kind. */
  static Schema.ObjectSchema root(Kind kind) {
    Map<String, Property> members = new LinkedHashMap<>();
    members.put("apiVersion", property(text("The group and version of the kind."), false));
    members.put("kind", property(text("The kind of the object."), false));
    members.put("metadata", property(OBJECT_META, false));
    members.putAll(kind.schema().properties());
    return new Schema.ObjectSchema(kind.description(), members);
  }

  private static Schema text(String description) {
    return string(description, Format.TEXT);
  }

  private static Schema time(String description) {
    return string(description, Format.DATE_TIME);
  }

  private static Schema string(String description, Format format) {
    return new Schema.StringSchema(description, format, List.of(), 0, Integer.MAX_VALUE, null);
  }

  private static Schema texts(String description) {
    return new Schema.MapSchema(description, text(""), Integer.MAX_VALUE);
  }

  private static Schema number(String description) {
    return new Schema.IntegerSchema(description, Long.MIN_VALUE, Long.MAX_VALUE);
  }

  private static Schema flag(String description) {
    return new Schema.BooleanSchema(description);
  }

  private static Schema list(String description, Schema items, ListType type, String... keys) {
    return new Schema.ListSchema(description, items, type, List.of(keys), 0, Integer.MAX_VALUE);
  }

  private static Property property(Schema schema, boolean required) {
    return new Property(schema, required, null, false, false);
  }

  private static Members object(String description) {
    return new Members(description);
  }

  private static final class Members {
    private final String description;
    private final Map<String, Property> properties = new LinkedHashMap<>();

    Members(String description) {
      this.description = description;
    }

    Members with(String name, Schema schema) {
      properties.put(name, property(schema, false));
      return this;
    }

    Members required(String name, Schema schema) {
      properties.put(name, property(schema, true));
      return this;
    }

    Schema.ObjectSchema build() {
      return new Schema.ObjectSchema(description, properties);
    }
  }
}
