#!/usr/bin/env bash
# The whole road against a running server: apply, push, pull request, merge, webhook; then people, a protection,
# a policy, a review; pipelines, a required check, a fork; the webhook's receiver down and back; the audit trail.
#
#   ./krate serve --webhook-allow-private-targets      in one terminal
#   examples/quickstart/demo.sh                        in another
#
# KRATE_DATA_DIR names the server's data folder (./krate-data), KRATE the command krate (the launcher of these
# sources), JAVA a java of at least 21, RECEIVER_PORT the port of the demo's webhook receiver (9099). Ends at
# the first thing that is not as it should be.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "${KRATE_DATA_DIR:-./krate-data}" && pwd)
export KUBECONFIG="$data/admin.kubeconfig"
krate=${KRATE:-$here/../../krate}
java=${JAVA:-${JAVA_HOME:+$JAVA_HOME/bin/java}}
java=${java:-java}
port=${RECEIVER_PORT:-9099}
namespace=krate-org-acme
secret=whsec_cXVpY2tzdGFydC1zZWNyZXQtb2YtdGhlLWRlbW8=
run=$(date +%s)$RANDOM
work=$(mktemp -d)
receiver=

say() { printf '\n== %s\n' "$*"; }
fail() { printf '\ndemo.sh: %s\n' "$*" >&2; exit 1; }
stop_receiver() { if [ -n "$receiver" ]; then kill "$receiver" 2>/dev/null || true; wait "$receiver" 2>/dev/null || true; receiver=; fi; }
finish() { stop_receiver; rm -rf "$work"; }
trap finish EXIT
trap 'fail "line $LINENO: $BASH_COMMAND"' ERR

k() { kubectl --namespace "$namespace" "$@"; }
g() {
  GIT_SSL_CAINFO="$data/ca.crt" GIT_SSL_CERT="$data/admin.crt" GIT_SSL_KEY="$data/admin.key" \
    git -c user.name=Ada -c user.email=ada@example.org "$@"
}
as() { # user, kubectl's arguments
  kubectl --kubeconfig "$work/$1.kubeconfig" --namespace "$namespace" "${@:2}"
}
git_as() { # user, git's arguments; git asks krate for a token whenever it needs one
  GIT_SSL_CAINFO="$data/ca.crt" GIT_TERMINAL_PROMPT=0 git -c user.name="$1" -c user.email="$1@example.org" \
    -c credential.helper= -c credential.helper="!'$krate' git-credential --user $1 --data-dir '$data'" "${@:2}"
}
start_receiver() {
  "$java" "$here/Receiver.java" "$port" "$secret" "$work/received" >"$work/receiver.out" 2>&1 &
  receiver=$!
  until_true 30 grep -q listening "$work/receiver.out"
}
has() { # grep's arguments; reads to the end, because a writer without a reader fails
  grep "$@" >/dev/null
}
until_true() { # seconds, command...
  local left=$(($1 * 5)); shift
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    [ "$left" -gt 0 ] || fail "waited in vain for: $*"
    sleep 0.2
  done
}
refused() { # what it must say, command...
  local wanted=$1 said; shift
  if said=$("$@" 2>&1); then fail "this should have been refused: $*"; fi
  grep -q -- "$wanted" <<<"$said" || fail "refused, but not with \"$wanted\": $said"
  printf '%s\n' "$said"
}
create() { # kubectl's flags; prints the name
  kubectl "$@" create -o name -f - | sed 's|.*/||'
}
pull_request() { # branch, title, kubectl's flags
  sed -e "s|@BRANCH@|$1|" -e "s|@TITLE@|$2|" "$here/pullrequest.yaml.in" | create "${@:3}"
}
review() { # pull request, decision, kubectl's flags
  sed -e "s|@PULL_REQUEST@|$1|" -e "s|@DECISION@|$2|" "$here/review.yaml.in" | create "${@:3}"
}
pipeline() { # ref, commit: the name of the one that a push started there
  k get pipelines.krate.a5c.ai --no-headers -o \
    'custom-columns=NAME:.metadata.name,REF:.spec.ref,COMMIT:.spec.commit,PULL:.spec.pullRequest,AGAIN:.spec.rerunOf' |
    awk -v ref="$1" -v commit="$2" '$2 == ref && $3 == commit && $4 == "<none>" && $5 == "<none>" {print $1}'
}
pipeline_of() { # pull request, commit
  k get pipelines.krate.a5c.ai --no-headers --field-selector "spec.pullRequest=$1,spec.rerunOf=" -o \
    'custom-columns=NAME:.metadata.name,COMMIT:.spec.commit' | awk -v commit="$2" '$2 == commit {print $1}'
}
started() { # variable to set, then pipeline or pipeline_of with its arguments
  local variable=$1; shift
  there() { "$@" | has .; }
  until_true 120 there "$@"
  eval "$variable=\$(\"\$@\")"
}
phase() { k get pl "$1" -o 'jsonpath={.status.phase}'; }
reason() { k get pl "$1" -o 'jsonpath={.status.conditions[?(@.type=="Succeeded")].message}'; }
ended() { [[ " Succeeded Failed Canceled " == *" $(phase "$1") "* ]]; }
ends() { # pipeline, how
  until_true 180 ended "$1"
  [ "$(phase "$1")" = "$2" ] || { "$krate" logs "$1" -n "$namespace" --data-dir "$data"; fail "$1 is $(phase "$1"): $(reason "$1")"; }
}
commit() { # file, content, message
  printf '%s\n' "$2" >"$1"; g add "$1"; g commit -q -m "$3"
}

manifests="$work/manifests"
mkdir "$manifests"
cp "$here"/*.yaml "$manifests"
sed -i.bak "s|127.0.0.1:9099|127.0.0.1:$port|" "$manifests/30-webhook.yaml" && rm "$manifests"/*.bak

# What an earlier run left in force would hold the administrator to it, too.
kubectl delete --ignore-not-found -f "$here/rules"

say "2. kubectl apply creates everything; applying it again changes nothing"
kubectl apply -f "$manifests"
kubectl apply -f "$manifests" | tee "$work/again"
if grep -v unchanged "$work/again"; then fail "the second apply changed something"; fi
sed -i.bak "s|The web site of Acme.*|The web site of Acme, run $run.|" "$manifests/20-repository.yaml" && rm "$manifests"/*.bak
kubectl apply -f "$manifests" | tee "$work/edited"
[ "$(grep -c configured "$work/edited")" = 1 ] || fail "one edited file should change one object"
kubectl wait --for=condition=Ready --timeout=30s organization/acme
kubectl wait --for=condition=AccessReady --timeout=30s organization/acme
k wait --for=condition=Ready --timeout=30s repository/web
k get organization,repository,webhooksubscription
start_receiver

say "3. git push, clone and fetch"
url=$(k get repository web -o 'jsonpath={.status.urls.http}')
if g ls-remote --exit-code "$url" refs/heads/main >/dev/null; then
  g clone -q "$url" "$work/web"
  cd "$work/web"
else
  g init -q -b main "$work/web"
  cd "$work/web"
  g remote add origin "$url"
fi
commit "page-$run.txt" "a page" "A page"
g push -q origin main
g checkout -q -b "feature-$run"
commit "feature-$run.txt" "a feature" "A feature"
g push -q origin "feature-$run"
for version in 0 2; do
  g -c protocol.version=$version clone -q "$url" "$work/clone-v$version"
  g -c protocol.version=$version -C "$work/clone-v$version" fetch -q origin "feature-$run"
  [ "$(g -C "$work/clone-v$version" rev-parse FETCH_HEAD)" = "$(g rev-parse HEAD)" ] || fail "fetch by protocol v$version"
done

say "4. a pull request"
pr=$(pull_request "feature-$run" "Add a feature")
[[ "$pr" =~ ^web-[0-9]+$ ]] || fail "the name should be web-<number>: $pr"
number=${pr#web-}
judged() { [ "$(k get pr "$pr" -o 'jsonpath={.status.mergeable}')" = True ]; }
until_true 20 judged
k get pr
k get pr "$pr" -o yaml
k describe pr "$pr"
kubectl explain pr.spec
g fetch -q origin "refs/pull/$number/head"
[ "$(g rev-parse FETCH_HEAD)" = "$(g rev-parse HEAD)" ] || fail "refs/pull/$number/head"
refused "pull request refs are read-only" g push origin "HEAD:refs/pull/$number/head"
commit "feature-$run.txt" "a better feature" "A better feature"
g push -q origin "feature-$run"
[ "$(k get pr "$pr" -o 'jsonpath={.status.head.commit}')" = "$(g rev-parse HEAD)" ] || fail "the push did not move the head"

say "5. the merge"
k patch pr "$pr" --type=merge -p '{"spec":{"merged":true}}' --dry-run=server
[ "$(k get pr "$pr" -o 'jsonpath={.status.phase}')" = Open ] || fail "a dry run merged"
k patch pr "$pr" --type=merge -p '{"spec":{"merged":true}}'
k patch pr "$pr" --type=merge -p '{"spec":{"merged":true}}' | grep "no change"
g fetch -q origin
[ "$(g rev-parse origin/main)" = "$(k get pr "$pr" -o 'jsonpath={.status.merge.commit}')" ] || fail "main is not at the merge"
[ "$(g rev-list --parents -n 1 origin/main | wc -w)" = 3 ] || fail "the merge should have two parents"
[ "$(g rev-parse origin/main^2)" = "$(g rev-parse HEAD)" ] || fail "the second parent should be the head"
k get pr "$pr" -o 'custom-columns=PHASE:.status.phase,COMMIT:.status.merge.commit,BY:.status.merge.by,TIME:.status.merge.time'
g checkout -q -b "conflict-$run" origin/main~1
commit "feature-$run.txt" "something else" "Something else"
g push -q origin "conflict-$run"
conflict=$(pull_request "conflict-$run" "Conflicts with the feature")
refused "feature-$run.txt" k patch pr "$conflict" --type=merge -p '{"spec":{"merged":true}}'
k patch pr "$conflict" --type=merge -p '{"spec":{"closed":true}}'

say "6. the webhooks, in order and signed"
until_true 60 grep -q "pullrequest.closed" "$work/received"
cat "$work/received"
created=$(grep -n -m1 pullrequest.created "$work/received" | cut -d: -f1)
merged=$(grep -n -m1 pullrequest.merged "$work/received" | cut -d: -f1)
[ "$created" -lt "$merged" ] || fail "created should come before merged"

say "7. people: alice is a Developer, bob a RepoAdmin, carol a Viewer, dave and erin nobody"
entries=$(k get audit | grep -cv ' system:krate:')
umask 077
for person in alice bob carol dave erin; do
  "$krate" kubeconfig --user "$person" --data-dir "$data" >"$work/$person.kubeconfig"
done
as alice auth whoami
as alice auth can-i create pullrequests
as alice auth can-i merge repositories/web
refused no as alice auth can-i create branchprotections
as carol get pr
refused 'cannot create resource "pullrequests"' pull_request "feature-$run" "May carol write?" --kubeconfig "$work/carol.kubeconfig"
git_as carol ls-remote --exit-code "$url" refs/heads/main
refused Forbidden as dave get pr
refused "not found" git_as dave ls-remote "$url"

say "8. a protection, by bob, and a policy, by the administrator"
as bob apply -f "$here/rules/protection.yaml"
kubectl apply -f "$here/rules/policy.yaml"
as bob get branchprotections
git_as alice clone -q "$url" "$work/alice"
cd "$work/alice"
commit_as() { # user, file, content, message
  printf '%s\n' "$3" >"$2"; git_as "$1" add "$2"; git_as "$1" commit -q -m "$4"
}
commit_as alice "idea-$run.txt" "an idea" "An idea"
refused "changes come by pull request" git_as alice push origin main
git_as alice push -q origin "HEAD:refs/heads/idea-$run"

say "9. a pull request, its review and its merge"
refused "at least 8 characters" pull_request "idea-$run" "Idea" --kubeconfig "$work/alice.kubeconfig"
idea=$(pull_request "idea-$run" "Have an idea" --kubeconfig "$work/alice.kubeconfig")
refused "0 of 1 approvals" as alice patch pr "$idea" --type=merge -p '{"spec":{"merged":true}}'
own=$(review "$idea" Approve --kubeconfig "$work/alice.kubeconfig")
counted() { [ "$(as bob get review "$1" -o 'jsonpath={.status.selfReview} {.status.current}')" = "$2" ]; }
until_true 20 counted "$own" "true false"
is_mergeable() { [ "$(as bob get pr "$idea" -o 'jsonpath={.status.mergeable} {.status.reasons}')" = "$1" ]; }
until_true 20 is_mergeable 'False ["ApprovalsMissing"]'
as alice get pr "$idea"
refused "0 of 1 approvals" as alice patch pr "$idea" --type=merge -p '{"spec":{"merged":true}}'
approval=$(review "$idea" Approve --kubeconfig "$work/bob.kubeconfig")
until_true 20 counted "$approval" "false true"
until_true 20 is_mergeable 'True '
as alice get review --field-selector "spec.pullRequest=$idea"
as alice get pr "$idea" -o wide
as alice patch pr "$idea" --type=merge -p '{"spec":{"merged":true}}'
as alice get pr "$idea" -o 'custom-columns=PHASE:.status.phase,BY:.status.merge.by,APPROVED:.status.approvals.by'
[ "$(as alice get pr "$idea" -o 'jsonpath={.status.merge.by}')" = alice ] || fail "alice should have merged"

say "10. a push starts a pipeline, whose steps are isolated processes"
k get runnerpools
workflow() { # what the step "test" runs
  mkdir -p .krate/workflows
  sed "s|^# Becomes.*|# Run $run.|" "$here/workflow/build.yaml" >.krate/workflows/build.yaml
  printf '%s\n' "$1" >test.sh
  git_as alice add .krate test.sh
}
address=${url#https://}; address=${address%%/*}
good="ls site
if bash -c ': >/dev/tcp/${address%:*}/${address##*:}' 2>/dev/null; then echo 'network: this host'; else echo 'network: none'; fi
for line in 1 2 3; do echo \"testing \$line of 3\"; sleep 1; done"
git_as alice fetch -q origin
git_as alice checkout -q -b "try-$run" origin/main
workflow "$good"
git_as alice commit -q -m "Build and test"
git_as alice push -q origin "try-$run"
started built pipeline "refs/heads/try-$run" "$(git_as alice rev-parse HEAD)"
isolated() { [[ " Pending Blocked " != *" $(phase "$built") "* ]]; }
until_known() { isolated || k get pool trusted -o 'jsonpath={.status.conditions[?(@.type=="Ready")].reason}' | has CannotRun; }
until_true 60 until_known
if ! isolated; then
  blocked() { [ "$(phase "$built")" = Blocked ]; }
  until_true 60 blocked
  k get pl "$built"
  fail "the demo ends here, because this host cannot isolate jobs, and Krate runs none without. The pipeline is Blocked: $(reason "$built"). docs/isolation.md says what a host needs."
fi
"$krate" logs -f "$built" -n "$namespace" --data-dir "$data" | tee "$work/log"
ends "$built" Succeeded
grep -q "testing 3 of 3" "$work/log" || fail "the log should have been followed to its end"
grep -q "network: this host" "$work/log" || fail "the trusted pool should have the network"
# The secret that pool and repository grant was there; what the log shows of it is ***.
grep -q 'publishing with the token \*\*\*' "$work/log" || fail "the secret should have been there, and masked"
if grep -q 'acme-7f3c9d2e51' "$work/log"; then fail "the log shows the secret"; fi
as alice get pl "$built"
as alice get kjob --field-selector "spec.pipeline=$built"
as alice get checks --sort-by=.metadata.creationTimestamp | tail -n 3

say "11. a step that fails, once more, and a pipeline that is canceled"
workflow "echo 'page-$run.txt: line 3: a heading is missing' >&2
exit 3"
git_as alice commit -q -m "Look for headings"
git_as alice push -q origin "try-$run"
started failed pipeline "refs/heads/try-$run" "$(git_as alice rev-parse HEAD)"
ends "$failed" Failed
k get pl "$failed" -o 'jsonpath={.status.failure}{"\n"}' | tee "$work/failure"
grep -q '"exitCode":3' "$work/failure" || fail "the exit code should be 3"
"$krate" logs "$failed" -n "$namespace" --data-dir "$data"
again=$(create -n "$namespace" --kubeconfig "$work/alice.kubeconfig" <<END
apiVersion: krate.a5c.ai/v1alpha1
kind: Pipeline
metadata:
  generateName: again-
spec:
  repository: web
  ref: refs/heads/try-$run
  workflow: .krate/workflows/build.yaml
  rerunOf: $failed
END
)
ends "$again" Failed
signature=$(k get pl "$failed" -o 'jsonpath={.status.failure.signature}')
k get pl -l "krate.a5c.ai/failure-signature=$signature" | tee "$work/similar"
for one in "$failed" "$again"; do
  grep -q "^$one " "$work/similar" || fail "the signature should find $one"
done
workflow "sleep 120"
git_as alice commit -q -m "Think for a while"
git_as alice push -q origin "try-$run"
started slow pipeline "refs/heads/try-$run" "$(git_as alice rev-parse HEAD)"
running() { [ "$(phase "$slow")" = Running ]; }
until_true 60 running
as alice patch pl "$slow" --type=merge -p '{"spec":{"canceled":true}}'
ends "$slow" Canceled
as alice get kjob --field-selector "spec.pipeline=$slow"

say "12. what comes onto main has been built"
as bob apply -f "$here/rules/build.yaml"
as bob get branchprotections
git_as alice checkout -q -b "ci-$run" origin/main
workflow "echo 'not yet'; exit 1"
git_as alice commit -q -m "Build and test"
git_as alice push -q origin "ci-$run"
ci=$(pull_request "ci-$run" "Build what comes onto main" --kubeconfig "$work/alice.kubeconfig")
started first pipeline_of "$ci" "$(git_as alice rev-parse HEAD)"
ends "$first" Failed
has_reason() { k get pr "$ci" -o 'jsonpath={.status.reasons}' | has "$1"; }
until_true 60 has_reason ChecksFailed
refused "ChecksFailed" as alice patch pr "$ci" --type=merge -p '{"spec":{"merged":true}}'
workflow "$good"
git_as alice commit -q -m "Test as it should be"
git_as alice push -q origin "ci-$run"
started second pipeline_of "$ci" "$(git_as alice rev-parse HEAD)"
ends "$second" Succeeded
# The pull request brings a workflow along: who maintains the repository has to have looked at it.
until_true 60 has_reason WorkflowChanged
refused "WorkflowChanged" as alice patch pr "$ci" --type=merge -p '{"spec":{"merged":true}}'
review "$ci" Approve --kubeconfig "$work/bob.kubeconfig"
mergeable() { [ "$(k get pr "$1" -o 'jsonpath={.status.mergeable}')" = True ]; }
until_true 60 mergeable "$ci"
as alice get pr "$ci" -o wide
as alice patch pr "$ci" --type=merge -p '{"spec":{"merged":true}}'
started main pipeline refs/heads/main "$(k get pr "$ci" -o 'jsonpath={.status.merge.commit}')"
ends "$main" Succeeded

say "13. a fork: erin's code runs without network and without secrets"
kubectl apply -f "$here/fork"
k wait --for=condition=Ready --timeout=60s repository/web-erin
k wait --for=condition=Projected --timeout=60s repositorypermission/erin-writes-her-fork repositorypermission/erin-reads-web
fork=$(k get repository web-erin -o 'jsonpath={.status.urls.http}')
git_as erin clone -q "$fork" "$work/erin"
cd "$work/erin"
git_as erin fetch -q "$url" main
git_as erin checkout -q -b "patch-$run" FETCH_HEAD
commit_as erin "erin-$run.txt" "a page of erin" "A page of mine"
git_as erin push -q origin "patch-$run"
refused "cannot update resource" git_as erin push "$url" "patch-$run"
theirs=$(
  { sed -e "s|@BRANCH@|patch-$run|" -e "s|@TITLE@|A page from a fork|" "$here/pullrequest.yaml.in"
    echo "  sourceRepository: web-erin"; } | create --kubeconfig "$work/erin.kubeconfig"
)
started strange pipeline_of "$theirs" "$(git_as erin rev-parse HEAD)"
ends "$strange" Succeeded
k get pl "$strange"
k get pl "$strange" -o 'jsonpath={.status.trustTier}{": "}{.status.tierReason}{"\n"}'
[ "$(k get pl "$strange" -o 'jsonpath={.status.trustTier}')" = Untrusted ] || fail "the code of a fork should be untrusted"
[ "$(k get jobs.krate.a5c.ai "$strange-0" -o 'jsonpath={.spec.pool}')" = untrusted ] || fail "it should have run in the untrusted pool"
"$krate" logs "$strange" -n "$namespace" --data-dir "$data" | tee "$work/log"
grep -q "network: none" "$work/log" || fail "the fork should have had no network"
grep -q "no token, so nothing is published" "$work/log" || fail "the fork should have had no secret"
trusting() { # pull request, kubectl's flags
  kubectl --namespace "$namespace" "${@:2}" create -f - <<END
apiVersion: krate.a5c.ai/v1alpha1
kind: Pipeline
metadata:
  generateName: trusting-
spec:
  repository: web
  ref: refs/pull/${1#web-}/head
  workflow: .krate/workflows/build.yaml
  pool: trusted
END
}
refused "is for trusted code, and this is not" trusting "$theirs" --kubeconfig "$work/bob.kubeconfig"
refused "is for trusted code, and this is not" trusting "$theirs"
by_hand() {
  kubectl create -f - <<END
apiVersion: krate.a5c.ai/v1alpha1
kind: Job
metadata:
  name: by-hand-$run
  namespace: $namespace
spec:
  pipeline: $built
  step: test
  pool: trusted
  script: id
END
}
refused "the server alone writes jobs" by_hand
review "$theirs" Approve --kubeconfig "$work/bob.kubeconfig"
until_true 60 mergeable "$theirs"
as alice patch pr "$theirs" --type=merge -p '{"spec":{"merged":true}}'
started main pipeline refs/heads/main "$(k get pr "$theirs" -o 'jsonpath={.status.merge.commit}')"
ends "$main" Succeeded

say "14. the webhook's receiver is down, and comes back"
settled() { ! k get delivery --no-headers | has -E ' (Pending|Retrying) '; }
quiet() { ! k get pl --no-headers | has -E ' (Pending|Queued|Running) '; }
until_true 120 quiet
until_true 60 settled
stop_receiver
k patch pr "$conflict" --type=merge -p '{"spec":{"title":"While the receiver is down"}}'
cd "$work/alice"
workflow "true"
git_as alice commit -q --allow-empty -m "While the receiver is down"
git_as alice push -q origin "HEAD:try-$run-down"
started down pipeline "refs/heads/try-$run-down" "$(git_as alice rev-parse HEAD)"
ends "$down" Succeeded
retrying() { k get delivery --field-selector status.phase=Retrying -o name | has .; }
until_true 60 retrying
behind() { [ "$(k get delivery --field-selector status.phase=Pending -o name | wc -l)" -ge 3 ]; }
until_true 60 behind
k get delivery | grep -E 'NAME|Retrying|Pending'
k get hook receiver
before=$(wc -l <"$work/received")
start_receiver
in_order() { # the types of events, each after the one before; others may be in between
  tail -n +$((before + 1)) "$work/received" |
    awk -v wanted="$*" 'BEGIN {n = split(wanted, type, " "); i = 1} $1 == type[i] {i++} END {exit i <= n}'
}
until_true 120 in_order pullrequest.updated pipeline.queued pipeline.started pipeline.completed
until_true 60 settled
tail -n +$((before + 1)) "$work/received"
k get delivery --sort-by=.metadata.creationTimestamp | tail -n 4
delivered() { [ "$(k get delivery "$1" -o 'jsonpath={.status.phase}')" = Delivered ]; }
last=$(k get delivery --field-selector status.event=pipeline.completed -o name | tail -n 1)
"$krate" hooks replay receiver --namespace "$namespace" --delivery "${last#*/}" --data-dir "$data" | tee "$work/replays"
until_true 60 delivered "$(awk '/ replays / {print $1}' "$work/replays")"
try=$(create <<END
apiVersion: krate.a5c.ai/v1alpha1
kind: WebhookDelivery
metadata: {generateName: try-, namespace: $namespace}
spec: {subscription: receiver, test: true}
END
)
until_true 60 delivered "$try"
grep "hook.test" "$work/received"
k get delivery | grep -E 'NAME|replay|^try-'

say "15. who did what, and what was refused"
k get audit --sort-by=.revision | grep -v ' system:krate:' >"$work/audit"
sed -e "1p" -e "1,${entries}d" "$work/audit" | cut -c1-200
for entry in 'carol +create +pullrequests +Denied' 'alice +update +repositories +Denied .*BranchProtection' \
  'alice +create +pullrequests +Denied .*at least 8' 'alice +patch +pullrequests +Denied .*0 of 1 approvals' \
  'bob +create +reviews +Allowed' 'alice +patch +pullrequests +Allowed' \
  'alice +patch +pullrequests +Denied .*ChecksFailed' 'alice +create +pipelines +Allowed' 'alice +patch +pipelines +Allowed' \
  'erin +update +repositories +Denied' 'erin +create +pullrequests +Allowed' 'bob +create +pipelines +Denied' \
  'krate:admin +create +jobs +Denied' 'krate:admin +create +webhookdeliveries +Allowed'; do
  sed "1,${entries}d" "$work/audit" | has -E " $entry" || fail "the audit trail should have an entry \"$entry\""
done
k get audit --field-selector decision=Denied --sort-by=.revision \
  -o 'jsonpath={range .items[*]}{.user.name}{": "}{.command}{"\n"}{end}'
"$krate" audit verify --data-dir "$data"

say "everything is as it should be"
