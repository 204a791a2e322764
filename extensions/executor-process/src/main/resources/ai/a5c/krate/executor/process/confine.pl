# Runs a program, and all that it starts, without what no namespace keeps from it.
#
# It gets a new, empty session keyring: whoever inherits one may read what is in it, whoever he is.
# And it gets a filter of system calls. Sockets between a virtual machine and its host (AF_VSOCK)
# know no network namespace; io_uring makes sockets past the filter; the others are parts of the
# kernel that no build needs.
use strict;
use Config;

my ($EPERM, $ENOSYS, $EAFNOSUPPORT) = (1, 38, 97);
my $AF_VSOCK = 40;

# For each way to call the kernel: its number, that of socket, and those that are refused: keys,
# bpf, perf_event_open, userfaultfd, io_uring.
my @x86_64 = (0xc000003e, 41, 248 .. 250, 321, 298, 323, 425 .. 427);
# 32 bits: its socketcall, which no filter can look into, too.
my @i386 = (0x40000003, 359, 286 .. 288, 357, 336, 374, 425 .. 427, 102);
my @aarch64 = (0xc00000b7, 198, 217 .. 219, 280, 241, 282, 425 .. 427);

my $intel = $Config{archname} =~ /^x86_64/;
$intel || $Config{archname} =~ /^aarch64/ || die "no filter of system calls for $Config{archname}\n";
my ($keyctl, $prctl, $seccomp) = $intel ? (250, 157, 317) : (219, 167, 277);

sub load { return [0x20, 0, 0, $_[0]] }
sub unless_equal { return [0x15, 0, $_[1], $_[0]] }
sub refuse { return [0x06, 0, 0, 0x50000 | $_[0]] }
my $allow = [0x06, 0, 0, 0x7fff0000];

my @filter = (load(4));
for my $way ($intel ? (\@x86_64, \@i386) : (\@aarch64)) {
  my ($number, $socket, @refused) = @$way;
  my @calls = (
    load(0),
    # x32, a third way on x86-64.
    [0x35, 0, 1, 0x40000000], refuse($ENOSYS),
    (map { (unless_equal($_, 1), refuse($EPERM)) } @refused),
    unless_equal($socket, 3), load(16), unless_equal($AF_VSOCK, 1), refuse($EAFNOSUPPORT),
    $allow,
  );
  push @filter, unless_equal($number, scalar @calls), @calls;
}
push @filter, refuse($ENOSYS);

# Where the kernel lets nobody ask for a keyring, it lets no job use one either.
if (-e '/proc/keys' && syscall($keyctl, 1, 0) < 0 && $! != $EPERM && $! != $ENOSYS) {
  die "no session keyring: $!\n";
}
my $code = join '', map { pack 'SCCL', @$_ } @filter;
my $program = pack 'Sx6P', scalar @filter, $code;
syscall($prctl, 38, 1, 0, 0, 0) == 0 || die "no_new_privs is refused: $!\n";
syscall($seccomp, 1, 0, $program) == 0 || die "no filter of system calls: $!\n";
exec { $ARGV[0] } @ARGV or die "$ARGV[0]: $!\n";
