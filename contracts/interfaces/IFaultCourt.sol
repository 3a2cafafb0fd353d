// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title FaultCourt
/// @notice Convicts operators by what their node keys signed. Threshold signatures convict nobody: from any four partials
/// everyone computes the other three, so one seat could frame six.
/// @dev Evidence is two signatures of one operator (any node key it ever had) that no honest node gives both. The instance
/// counter is not compared: two live machines of one seat contradict each other as one faulty machine does.
/// A report is committed first and revealed later, *because* whoever sees it in the mempool could send it as its own.
interface IFaultCourt {
    /// @notice Kinds of messages, numbered as they are signed.
    enum MessageKind {
        None,
        PrePrepare,
        Prepare,
        Commit,
        RoundChange
    }

    /// @notice Equivocation: two PREPAREs or two COMMITs of one instance and round with different values. DeniedCommit: a
    /// COMMIT in round r, and a ROUND-CHANGE to a later round that reports less than that. ConflictingVotes: COMMITs of two
    /// instances whose values would slash a validator. BrokenPromise: a signed change that was accepted, and a message
    /// under the old configuration at or after the change's start.
    enum Fault {
        Equivocation,
        DeniedCommit,
        ConflictingVotes,
        BrokenPromise
    }

    /// @notice A consensus message as node keys sign it: EIP-712 `QbftMessage(uint8 kind,uint256 setId,uint64
    /// configuration,uint64 slot,uint8 dutyType,uint32 round,bytes32 valueHash,bytes32 validatorsRoot,uint64
    /// instanceCounter,uint32 preparedRound,bytes32 preparedValueHash,bytes32 refusedRoot)`, domain ("Septet", "1",
    /// chain, OperatorSets).
    /// @param dutyType 1 attestation, 2 block proposal.
    struct Message {
        MessageKind kind;
        uint256 setId;
        uint64 configuration;
        uint64 slot;
        uint8 dutyType;
        uint32 round;
        bytes32 valueHash;
        bytes32 validatorsRoot;
        uint64 instanceCounter;
        uint32 preparedRound;
        bytes32 preparedValueHash;
        bytes32 refusedRoot;
    }

    /// @param signature 65 bytes r ‖ s ‖ v with low s and v 27 or 28. Nodes take others too; a reporter brings them to
    /// this form: (r, s, v) and (r, n − s, 55 − v) are signatures of the same key.
    struct SignedMessage {
        Message message;
        bytes signature;
    }

    /// @notice Fields of an attestation's value; valueHash = keccak256(abi.encode(uint8(1), fields…, validatorsRoot)).
    struct AttestationValue {
        uint64 slot;
        uint64 index;
        bytes32 beaconBlockRoot;
        uint64 sourceEpoch;
        bytes32 sourceRoot;
        uint64 targetEpoch;
        bytes32 targetRoot;
        bytes32 dependentRoot;
    }

    /// @notice Fields of a proposal's value; valueHash = keccak256(abi.encode(uint8(2), fields…, validatorsRoot)).
    struct ProposalValue {
        uint64 slot;
        bytes32 headerRoot;
        bytes32 parentRoot;
    }

    /// @notice One validator that both values name.
    /// @param pubkey 48 bytes, compressed.
    /// @param firstProof Siblings from keccak256(pubkey) to the first message's validatorsRoot (OpenZeppelin MerkleProof).
    struct CommonValidator {
        bytes pubkey;
        bytes32[] firstProof;
        bytes32[] secondProof;
    }

    event ReportCommitted(address indexed reporter, bytes32 indexed commitment);

    /// @notice The operator pays `chargedShares` of its bond, `reporterShares` of them to the reporter.
    event Convicted(
        uint256 indexed operatorId,
        uint256 indexed setId,
        uint64 indexed configuration,
        Fault fault,
        address reporter,
        uint256 chargedShares,
        uint256 reporterShares
    );

    error AlreadyCommitted(bytes32 commitment);

    /// @notice No such commitment of the caller, or it is as young as this block or older than a DAY.
    error NotCommitted(bytes32 commitment);

    /// @notice The two messages do not contradict each other in the way that was claimed.
    error NoContradiction();

    /// @notice A signature is none, or not of a node key that is or was registered.
    error UnknownSigner(address recovered);
    error DifferentOperators(uint256 first, uint256 second);

    /// @notice The operator held no seat of the set in this configuration, or the configuration has not begun.
    error NoSeat(uint256 operatorId, uint256 setId, uint64 configuration);

    /// @notice The operator has paid for a fault in this configuration.
    error AlreadyConvicted(uint256 operatorId, uint256 setId, uint64 configuration);

    /// @notice The fields do not hash to what the message's signer committed to.
    error ValueMismatch(bytes32 actual, bytes32 signed);
    error InvalidPubkeyLength(uint256 length);

    /// @notice The validators root of a message does not contain this public key.
    error ValidatorNotNamed(bytes32 validatorsRoot);

    /// @notice Announces a report. @param commitment keccak256(abi.encode(evidenceHash, reporter, salt)) with evidenceHash =
    /// keccak256(abi.encode(first digest, second digest)): the EIP-712 digests of what was signed, in the order in which
    /// they will be revealed.
    function commitReport(bytes32 commitment) external;

    /// @notice Reveals two PREPAREs or two COMMITs of one instance and round with different values. This and the others
    /// below: by who committed to it at least one block and at most a DAY before.
    function convictEquivocation(SignedMessage calldata first, SignedMessage calldata second, bytes32 salt) external;

    /// @notice Reveals a COMMIT and a ROUND-CHANGE of the same instance to a later round that reports as prepared an earlier
    /// round than that of the COMMIT, none, or another value in it. Another COMMIT in a later round is no fault:
    /// consensus may move on when the older value was not decided, but who committed must say so.
    function convictDeniedCommit(
        SignedMessage calldata commit,
        SignedMessage calldata roundChange,
        bytes32 salt
    ) external;

    /// @notice Reveals COMMITs of two instances of a set whose attestations are a double or surround vote of one validator.
    /// The charge counts for the later configuration of the two.
    function convictConflictingAttestations(
        SignedMessage calldata first,
        SignedMessage calldata second,
        AttestationValue calldata firstValue,
        AttestationValue calldata secondValue,
        CommonValidator calldata validator,
        bytes32 salt
    ) external;

    /// @notice Reveals COMMITs of two instances of a set for different blocks of one proposer in one slot.
    function convictConflictingProposals(
        SignedMessage calldata first,
        SignedMessage calldata second,
        ProposalValue calldata firstValue,
        ProposalValue calldata secondValue,
        CommonValidator calldata validator,
        bytes32 salt
    ) external;

    /// @notice Reveals a message under configuration k for a slot of epoch ≥ L, by an operator who signed the accepted
    /// statement that ended k at L. The evidence's first digest is the message's, the second the statement's.
    function convictBrokenPromise(
        SignedMessage calldata message,
        bytes calldata statementSignature,
        bytes32 salt
    ) external;

    /// @notice Whether the operator has paid for a fault in this configuration of the set.
    function isConvicted(uint256 operatorId, uint256 setId, uint64 configuration) external view returns (bool);

    /// @notice EIP-712 digest of a consensus message.
    function messageDigest(Message calldata message) external view returns (bytes32);
}
