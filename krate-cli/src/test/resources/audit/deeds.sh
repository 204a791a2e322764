# What people do on a forge in a day, by kubectl and git, for a trail of audit entries.
set -euo pipefail
namespace=krate-org-acme
k() { kubectl --namespace "$namespace" "$@"; }
until_true() {
  local left=150
  until "$@" >/dev/null 2>&1; do
    left=$((left - 1))
    if [ "$left" = 0 ]; then echo "waited in vain for: $*"; "$@"; exit 1; fi
    sleep 0.2
  done
}
refused() { if "$@"; then echo "this should have been refused: $*"; exit 1; fi; }
commit() { printf '%s\n' "$2" >"$1"; git add "$1"; git commit -q -m "$3"; }

# An organization, a repository, another one that goes again.
kubectl create -f - <<'EOF'
{"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Organization","metadata":{"name":"acme"},"spec":{"displayName":"Acme"}}
EOF
until_true kubectl get namespace "$namespace"
kubectl apply -f - <<'EOF'
apiVersion: config.krate.a5c.ai/v1alpha1
kind: Repository
metadata: {name: web, namespace: krate-org-acme}
spec:
  description: |
    It's "the" web site of Acme,
    $HOME, `id`, \n, EOF, and so on.
    EOF
EOF
kubectl apply -f - <<'EOF'
apiVersion: config.krate.a5c.ai/v1alpha1
kind: Repository
metadata: {name: web, namespace: krate-org-acme, labels: {tier: front}}
spec: {description: "Shorter: é, 日本, 😀."}
EOF
kubectl create -f - <<'EOF'
apiVersion: config.krate.a5c.ai/v1alpha1
kind: Repository
metadata: {name: gone, namespace: krate-org-acme}
spec: {}
EOF
k wait --for=condition=Ready --timeout=30s repository/web repository/gone
k delete repository gone
kubectl create namespace playground
kubectl label namespace playground used=briefly
kubectl annotate namespace playground 'why=it is '\''here'\'''
kubectl patch namespace playground --type=strategic -p '{"metadata":{"labels":{"more":"labels"}}}'
kubectl create namespace short-lived
kubectl delete namespace short-lived

# Secrets and a subscription.
k create secret generic made --from-literal=token=hush
kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Secret
metadata: {name: applied, namespace: krate-org-acme, annotations: {note: hush too}}
type: Opaque
stringData: {plain: it's $hush}
EOF
k patch secret applied --type=merge -p '{"data":{"token":"aHVzaA=="}}'
k patch secret applied --type=json -p '[{"op":"remove","path":"/data/token"}]'
k label secret applied kept=closed
kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Secret
metadata: {name: applied, namespace: krate-org-acme, annotations: {note: hush too}, labels: {applied: again}}
type: Opaque
stringData: {plain: it's $hush}
EOF
k create secret generic lost --from-literal=token=hush
k delete secret lost
kubectl apply -f - <<'EOF'
apiVersion: config.krate.a5c.ai/v1alpha1
kind: WebhookSubscription
metadata: {name: hook, namespace: krate-org-acme}
spec:
  url: http://127.0.0.1:9/nobody
  events: ["pullrequest.*"]
  secretRefs: [{name: made, key: token}]
  suspended: true
EOF
k patch webhooksubscription hook --type=json -p '[{"op":"replace","path":"/spec/events","value":["issue.*","push"]}]'

# Issues, with whatever people write.
issue() { kubectl create -o name -f - | sed 's|.*/||'; }
one=$(issue <<'EOF'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{"generateName":"web-","namespace":"krate-org-acme"},
 "spec":{"repository":"web","title":"It's \"quoted\" `id` $(id) \\n","body":"a\n\ttab\r\nEOF\n\u200b\u202e\u007f😀 \ud83d\ude00 !! '; touch pwned; '"}}
EOF
)
two=$(issue <<'EOF'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{"generateName":"drawn-","namespace":"krate-org-acme","labels":{"a":"b"}},
 "spec":{"repository":"web","title":"A name is drawn"}}
EOF
)
issue <<'EOF'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{"name":"named","namespace":"krate-org-acme","labels":{"kind":"bug"}},
 "spec":{"repository":"web","title":"Named"}}
EOF
refused issue <<'EOF'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{"generateName":"web-","namespace":"krate-org-acme"},
 "spec":{"repository":"nowhere","title":"Refused"}}
EOF
kubectl create --validate=ignore -f - <<'EOF'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{"generateName":"web-","namespace":"krate-org-acme"},
 "spec":{"repository":"web","title":"With a field too many","unknown":"field"}}
EOF
k label issue "$one" "$two" kind=question
k annotate issue "$two" "why=don't"
k patch issue "$two" --type=merge -p '{"spec":{"title":"It'\''s drawn"}}'
k patch issue "$one" --type=json -p '[{"op":"add","path":"/spec/assignees","value":["ada","o'\''neil é 😀"]}]'
k patch issue "$one" --subresource=status --type=merge -p '{"status":{"conditions":[{"type":"Seen","status":"True","reason":"Read","message":"it is","lastTransitionTime":"2026-01-01T00:00:00Z"}]}}'
k get issue "$two" -o json | sed 's/drawn"/replaced"/' | kubectl replace -f -
k patch issue named --type=merge -p '{"spec":{"closed":true,"closeReason":"Completed"}}' --dry-run=server
k patch issue named --type=merge -p '{"spec":{"closed":true,"closeReason":"Completed"}}'
for i in 1 2 3; do
  kubectl create -f - <<EOF
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Issue","metadata":{"generateName":"web-","namespace":"krate-org-acme","labels":{"swept":"yes"}},
 "spec":{"repository":"web","title":"Number $i of many"}}
EOF
done
k delete issue -l swept=yes
k delete issue named --cascade=foreground

# Branches, tags, a rebase, a deletion, several at once.
url=$(k get repository web -o 'jsonpath={.status.urls.http}')
git init -q -b main web
cd web
commit README "Hello." "Begin"
git push -q "$url" main
git checkout -q -b feature
commit feature.txt "a feature" "A feature"
git tag -a -m "It's one" "v1-é"
git push -q "$url" feature "v1-é"
commit feature.txt "a better feature" "A better feature"
git commit -q --amend -m "A better feature, amended"
git push -q -o "it's an option" "$url" feature 2>/dev/null || git push -q "$url" feature
git checkout -q -b rebased main
commit rebased.txt "one" "One"
git push -q "$url" rebased
git commit -q --amend -m "One, amended"
refused git push -q "$url" rebased
git push -q --force "$url" rebased
git push -q --atomic "$url" main:refs/heads/copy-one main:refs/heads/copy-two
git push -q "$url" :copy-two
refused git push -q "$url" main:refs/pull/1/head
git push -q "$url" main:refs/heads/late main:refs/pull/1/head || true

# Pull requests: one merges, one conflicts and is closed, one waits.
pr() { kubectl create -o name -f - <<EOF | sed 's|.*/||'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"PullRequest","metadata":{"generateName":"web-","namespace":"krate-org-acme"},
 "spec":{"repository":"web","sourceBranch":"$1","title":"$2"}}
EOF
}
merged=$(pr feature "Add a feature")
waiting=$(pr rebased "Wait")
git checkout -q -b conflict main
commit feature.txt "something else" "Something else"
git push -q "$url" conflict
conflict=$(pr conflict "Conflict")
mergeable() { [ "$(k get pr "$1" -o 'jsonpath={.status.mergeable}')" = "$2" ]; }
until_true mergeable "$merged" True
k patch pr "$merged" --type=merge -p '{"spec":{"merged":true}}' --dry-run=server
k patch pr "$merged" --type=merge -p "{\"spec\":{\"merged\":true,\"mergeHead\":\"$(git rev-parse feature)\",\"mergeMessage\":\"It's merged\"}}"
until_true mergeable "$conflict" False
refused k patch pr "$conflict" --type=merge -p '{"spec":{"merged":true}}'
k patch pr "$conflict" --type=merge -p '{"spec":{"closed":true}}'
k label pr "$waiting" 'state=waiting'
git checkout -q rebased
commit rebased.txt "two" "Two"
git push -q "$url" rebased

# A fork, and a pull request from it whose head follows.
kubectl create -f - <<'EOF'
{"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"Repository","metadata":{"name":"fork","namespace":"krate-org-acme"},
 "spec":{"forkOf":"web"}}
EOF
k wait --for=condition=Ready --timeout=60s repository/fork
fork=$(k get repository fork -o 'jsonpath={.status.urls.http}')
git checkout -q -b forked main
commit forked.txt "of a fork" "Of a fork"
git push -q "$fork" forked
kubectl create -f - <<'EOF'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"PullRequest","metadata":{"name":"forked","namespace":"krate-org-acme"},
 "spec":{"repository":"web","sourceRepository":"fork","sourceBranch":"forked","title":"From a fork"}}
EOF
commit forked.txt "of a fork still" "Of a fork still"
git push -q "$fork" forked
follows() { [ "$(k get pr "$1" -o 'jsonpath={.status.head.commit}')" = "$(git rev-parse "$2")" ]; }
until_true follows forked forked
until_true mergeable forked True

# People and rules: a grant, a protection, a policy; what is refused, and what is approved and merged.
kubectl patch organization acme --type=merge -p '{"spec":{"grants":[
  {"role":"Developer","subjects":[{"kind":"User","name":"alice"}]},
  {"role":"RepoAdmin","subjects":[{"kind":"User","name":"bob"}]}]}}'
until_true kubectl auth can-i create reviews.krate.a5c.ai -n krate-org-acme --as bob
kubectl create --as bob -f - <<'EOF'
{"apiVersion":"config.krate.a5c.ai/v1alpha1","kind":"BranchProtection",
 "metadata":{"name":"main","namespace":"krate-org-acme"},"spec":{"repositories":["web"],"branches":["main"]}}
EOF
kubectl create -f - <<'EOF'
{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicy","metadata":{"name":"titles"},
 "spec":{"matchConstraints":{"resourceRules":[{"apiGroups":["krate.a5c.ai"],"apiVersions":["*"],"operations":["CREATE"],
  "resources":["pullrequests"]}]},"validations":[{"expression":"object.spec.title.size() >= 4"}]}}
EOF
kubectl create -f - <<'EOF'
{"apiVersion":"admissionregistration.k8s.io/v1","kind":"ValidatingAdmissionPolicyBinding","metadata":{"name":"titles"},
 "spec":{"policyName":"titles","validationActions":["Deny"]}}
EOF
refused git push -q "$url" rebased:main
short() { kubectl create --as alice -f - <<'EOF'
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"PullRequest","metadata":{"generateName":"web-","namespace":"krate-org-acme"},
 "spec":{"repository":"web","sourceBranch":"rebased","title":"No"}}
EOF
}
refused short
refused k patch pr "$waiting" --as alice --type=merge -p '{"spec":{"merged":true}}'
review() { kubectl create --as "$1" -f - <<EOF
{"apiVersion":"krate.a5c.ai/v1alpha1","kind":"Review","metadata":{"name":"by-$1","namespace":"krate-org-acme"},
 "spec":{"pullRequest":"$waiting","decision":"$2","body":"It's read."}}
EOF
}
review alice Comment
review bob Approve
until_true mergeable "$waiting" True
k patch pr "$waiting" --as alice --type=merge -p '{"spec":{"merged":true,"mergeMessage":"Waited enough"}}'
