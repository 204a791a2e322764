package ai.a5c.krate.api.records;

import ai.a5c.krate.api.schema.Description;
import jakarta.validation.constraints.NotBlank;
import jakarta.validation.constraints.Size;

/** Who made a record: the authenticated caller, never what a request says. */
public record Author(
    @Description("The name of the user.") @NotBlank @Size(max = 1024) String name,
    @Description("The identity provider's own id of the user.") @Size(max = 1024) String uid,
    @Description("Who vouches for the user; empty for a client certificate or a front proxy.")
        @Size(max = 2048)
        String issuer) {}
