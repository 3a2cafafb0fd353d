// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Epoch} from "../libraries/Units.sol";

/// @title SetChanges
/// @notice Numbered configurations of the operator sets. A configuration is a set's members (kept in OperatorSets by
/// number), generation (which sharing of the keys) and mode: normal, or leased to four seats. It changes by a *statement*
/// that members of configuration k signed with their node keys, or when a lease ends.
/// @dev A statement accepted up to epoch E holds for targets ≥ L and slots ≥ start(L), with L = E + G exactly. *Because* who
/// signs promises to leave configuration k at L unless a finalised epoch > E shows that the statement was not included:
/// then no two configurations can both vote for one target, whatever forks there are.
/// Seats are numbered 1 to 7; in a bitmap seat i is bit i − 1. Configuration 0 is that of the set's formation: normal, of
/// generation 0. Calls OperatorSets when incoming operators are named and when seats change hands.
interface ISetChanges {
    enum Mode {
        Normal,
        Leased
    }

    /// @notice Lease: four seats act alone for a term. Renewal: the same four, for a term more. Restore: the end of a lease
    /// before its term. Rotation: seats pass to new operators. Refresh: a new sharing among the same operators.
    enum ChangeKind {
        None,
        Lease,
        Renewal,
        Restore,
        Rotation,
        Refresh
    }

    /// @param kind What made it; None for configuration 0 and for the one that follows a lease at the end of its term.
    /// @param seats Seats of the statement: leased, or handed over by a rotation; 0 for the other kinds.
    /// @param leasedSeats Bitmap of the four; 0 in normal mode.
    /// @param startEpoch First target epoch, L. 0 for configuration 0, which starts at the epoch after formation.
    /// @param endEpoch First target epoch after the lease's term; 0 in normal mode.
    struct Configuration {
        uint64 number;
        ChangeKind kind;
        uint8 seats;
        uint8 leasedSeats;
        uint64 generation;
        Epoch startEpoch;
        Epoch endEpoch;
    }

    /// @notice What members sign, EIP-712 `SetChange(uint256 setId,uint64 configuration,uint8 kind,uint8 seats,uint64
    /// generation,uint64 includeBy)`, domain ("Septet", "1", chain, this contract).
    /// @param configuration Number k of the present configuration; the statement makes k + 1.
    /// @param seats Leased seats (lease, renewal), seats handed over (rotation), else 0.
    /// @param generation Generation of configuration k + 1: the present one, or the one that rotation or refresh made.
    /// @param includeBy E, the last epoch in which the statement is accepted: at most two after the present one.
    struct Statement {
        uint256 setId;
        uint64 configuration;
        ChangeKind kind;
        uint8 seats;
        uint64 generation;
        Epoch includeBy;
    }

    /// @notice A new sharing of a set's keys under way.
    /// @param kind Rotation or Refresh; None when there is none.
    /// @param seats Seats that pass to another operator.
    /// @param proposedAt Unix time in seconds.
    /// @param verifiedKeys Live keys whose new shares have been verified.
    /// @param operatorIds Members of the new generation by seat.
    struct Resharing {
        ChangeKind kind;
        uint8 seats;
        uint64 generation;
        uint64 proposedAt;
        uint32 verifiedKeys;
        uint256[7] operatorIds;
    }

    /// @notice Part of a resharing's result under one transcript.
    /// @param attempt Number of the ceremony's attempt. All attempts of one generation are among the same operators, so
    /// one lock of their bonds covers them all.
    /// @param transcriptHash keccak256 of the ceremony's transcript; only acknowledged here, not interpreted.
    struct Slice {
        uint256 setId;
        uint64 generation;
        uint32 attempt;
        bytes32 transcriptHash;
    }

    /// @param points Eight G1 points in EIP-2537 encoding: the unchanged group key, then the new share keys of seats 1–7.
    /// @param encryptedShares Seven times 48 bytes: each seat's share encrypted to itself. Opaque here.
    struct KeyResharing {
        bytes points;
        bytes encryptedShares;
    }

    /// @notice `next` holds from its start on. At its `endEpoch`, unless that is 0, configuration `number` + 1 follows:
    /// normal, of the same generation, unless another was accepted before. These events and OperatorSets' members are all
    /// a node needs to fold the table of configurations.
    /// @param signers Bitmap of the seats that signed.
    event ChangeAccepted(uint256 indexed setId, uint64 indexed number, Configuration next, uint8 signers);

    /// @notice The operator showed a sign of life: its node key signed the hash of this recent block.
    event SeenAlive(uint256 indexed operatorId, uint256 blockNumber);

    /// @notice Governance decided that leases may go on although they leave out seats that are alive.
    event LeasesAllowed(uint256 indexed setId);

    /// @notice A new sharing among `operatorIds` began. The number of the generation is never used again.
    event ResharingProposed(
        uint256 indexed setId,
        uint64 indexed generation,
        ChangeKind kind,
        uint8 seats,
        uint256[7] operatorIds
    );

    /// @notice The key has verified shares of this generation; `pubkey` has 48 bytes.
    event KeyReshared(
        bytes32 indexed validatorId,
        uint256 indexed setId,
        uint64 indexed generation,
        uint32 attempt,
        bytes32 transcriptHash,
        bytes pubkey,
        bytes points,
        bytes encryptedShares
    );
    event ResharingAborted(uint256 indexed setId, uint64 indexed generation);

    error Unauthorized(address caller);

    // Statements
    error WrongConfiguration(uint256 setId, uint64 configuration, uint64 present);

    /// @notice An accepted change has not taken effect yet; they come one at a time.
    error ChangePending(uint256 setId, Epoch startEpoch);

    /// @notice The epoch is past, or further away than a statement may reach.
    error InvalidIncludeBy(Epoch includeBy, Epoch present, Epoch latest);

    /// @notice The statement would start after the lease's own end, which makes the same number of configuration.
    error LeaseEndsBefore(Epoch endEpoch, Epoch startEpoch);
    error WrongMode(uint256 setId, ChangeKind kind, Mode mode);
    error InvalidSeats(ChangeKind kind, uint8 seats);
    error WrongGeneration(uint256 setId, uint64 generation, uint64 expected);
    error TooFewSigners(uint256 signers, uint256 minimum);

    /// @notice *Because* two faulty seats among the four could otherwise, with two left out, leave a lease that the two
    /// honest ones still act under.
    error TooFewLeasedSigners(uint256 signers, uint256 minimum);
    error WrongSignatureCount(uint256 count, uint256 expected);
    error InvalidSeatSignature(uint256 seat, address nodeKey, address recovered);

    /// @notice Live keys of the set lack shares of the new generation.
    error KeysMissing(uint256 setId, uint256 verified, uint256 live);

    // Seats that are alive
    error TooManyLeases(uint256 setId, uint256 leases);

    /// @notice Each sign of life counts once: the next must name a later block.
    error BlockNotNewer(uint256 blockNumber, uint256 last);
    error InvalidSignOfLife(uint256 operatorId, address nodeKey, address recovered);

    /// @notice A lease leaves the seat out, and its operator shows that it is there: that alone is no reason to replace it.
    error SeatIsAlive(uint256 setId, uint256 seat);

    // Resharing
    error ResharingPending(uint256 setId, uint64 generation);
    error NoResharing(uint256 setId, uint64 generation);
    error ResharingTooYoung(uint256 setId, uint256 abortableAt);
    error InvalidKeyCount(uint256 count, uint256 maximum);
    error InvalidEncryptedSharesLength(uint256 length, uint256 expected);

    /// @notice The group key is not that of a live key of the set.
    error NotALiveKey(bytes32 validatorId, uint256 setId);
    error KeyAlreadyReshared(bytes32 validatorId, uint64 generation);
    error IncomingSeatMissing(uint256 seat);
    error TooFewContinuing(uint256 seats, uint256 minimum);

    /// @notice Accepts a statement. Anyone may send it, up to the end of epoch `includeBy`.
    ///
    /// Rules: signed by at least four members of configuration k with their present node keys; out of a lease at least
    /// three of the leased four are among them, and L is not after the lease's end. A lease names exactly four seats and
    /// ends 225 epochs after L. Leases (renewals included) that leave out a seat with a current sign of life are limited
    /// to three in a row: a row is broken by a lease that does not, by 225 epochs of normal mode before L, or by
    /// governance. Rotation and refresh are accepted when the last live key has verified shares.
    /// @param signers Bitmap of the seats that signed.
    /// @param signatures 65 bytes each, in the order of the seats.
    function acceptChange(Statement calldata statement, uint8 signers, bytes[] calldata signatures) external;

    /// @notice Records a sign of life of an operator, current for two DAYs from now. Anyone may send it.
    /// @param blockNumber Of a block the signer holds for final: at most 8,191 blocks old (a day), later than that of the
    /// last sign of life. @param blockHash Its hash, *because* nobody can sign it ahead of time, in store.
    /// @param signature Of the operator's node key over EIP-712 `Alive(uint256 operatorId,uint256 blockNumber,bytes32
    /// blockHash)`, domain as for statements.
    function alive(uint256 operatorId, uint256 blockNumber, bytes32 blockHash, bytes calldata signature) external;

    /// @notice Lets leases go on for three more that leave out seats which are alive. Only governance.
    function allowLeases(uint256 setId) external;

    /// @notice Names the operators of a new generation: one to three seats differ from the present ones. Their bonds lock
    /// at once, *because* an aborted sharing leaves matching shares with newcomers. Refused for a seat that a lease leaves
    /// out and that is alive, unless it was convicted or gave notice. Only governance.
    function proposeRotation(uint256 setId, uint256[7] calldata operatorIds) external returns (uint64 generation);

    /// @notice Begins a new sharing among the same operators. Anyone may send it.
    /// @param signers As for statements: at least four members of the present configuration, over EIP-712
    /// `RefreshProposal(uint256 setId,uint64 generation)` with the next generation (`nextGeneration`).
    function proposeRefresh(
        uint256 setId,
        uint8 signers,
        bytes[] calldata signatures
    ) external returns (uint64 generation);

    /// @notice Delivers new shares of up to 20 keys. Anyone may. Checks of each key: it is a live key of the set, not
    /// reshared in this generation before, and its seven new share keys lie on one polynomial of degree 3 behind the
    /// unchanged group key. Checks of the whole: acknowledged by every incoming seat and at least four continuing ones.
    /// @param signers Bitmap of the seats that acknowledge, each with its (incoming or continuing) operator's node key over
    /// EIP-712 `ResharingAcknowledgement(uint256 setId,uint64 generation,uint32 attempt,bytes32 transcriptHash,bytes32
    /// keysHash,bytes32 encryptedSharesHash)`; hashes as in IValidatorManager.submitKeys.
    /// @param acknowledgements 65 bytes each, in the order of the seats.
    function submitResharing(
        Slice calldata slice,
        KeyResharing[] calldata keys,
        uint8 signers,
        bytes[] calldata acknowledgements
    ) external;

    /// @notice Gives up a resharing that is older than `Parameter.ResharingSeconds`. Anyone may. Its members stay bound to
    /// the generation: they may hold its shares.
    function abortResharing(uint256 setId) external;

    /// @notice A key of the set stopped being live (withdrawn, expired, foreign): it needs no new shares. Only
    /// ValidatorManager, whenever `liveKeyCount` falls.
    function keyRetired(uint256 setId, bytes32 validatorId) external;

    /// @notice Configuration in force at the present epoch. For a set never formed this and the other views answer as for
    /// one just formed.
    function current(uint256 setId) external view returns (Configuration memory);

    /// @notice Configuration in force for targets of `epoch`, by what has been accepted so far.
    function configurationAt(uint256 setId, Epoch epoch) external view returns (Configuration memory);

    /// @notice Number of the configuration in force at the present epoch.
    function configuration(uint256 setId) external view returns (uint64);

    /// @notice Generation in force at the present epoch: the sharing that signs, and that new keys belong to.
    function generation(uint256 setId) external view returns (uint64);
    function mode(uint256 setId) external view returns (Mode);

    /// @notice Bitmap of the four seats that act at the present epoch; 0 in normal mode.
    function leasedSeats(uint256 setId) external view returns (uint8);

    /// @notice Seats that neither the lease in force nor an accepted one leaves out; bit = seat − 1.
    function seatsOnDuty(uint256 setId) external view returns (uint8 seats);

    /// @notice The accepted change that has not taken effect; number 0 when there is none.
    function pendingChange(uint256 setId) external view returns (Configuration memory);

    /// @notice Whether the set may take keys: normal mode, no resharing under way, no change to come, and OperatorSets does
    /// not keep it from them.
    /// *Because* a key made meanwhile would have no shares in the new generation.
    function acceptsKeys(uint256 setId) external view returns (bool);

    /// @notice The resharing under way, kind None when there is none.
    function resharing(uint256 setId) external view returns (Resharing memory);

    /// @notice Number that the next resharing will get.
    function nextGeneration(uint256 setId) external view returns (uint64);

    /// @notice keccak256 of the points that were verified for this key in this generation (1 and later; those of
    /// the generation that made the key are in ValidatorManager); 0 for none.
    function pointsHash(bytes32 validatorId, uint64 generation) external view returns (bytes32);

    /// @notice Digest that signers of the statement signed which ended this configuration, and L of that change. Reverts
    /// with WrongConfiguration when no statement ended it.
    function acceptedStatement(
        uint256 setId,
        uint64 configuration
    ) external view returns (bytes32 digest, Epoch startEpoch);

    /// @notice Digest to sign for a statement.
    function statementDigest(Statement calldata statement) external view returns (bytes32);

    /// @notice Whether the operator's last sign of life is at most two DAYs old.
    function isAlive(uint256 operatorId) external view returns (bool);

    /// @notice Leases in a row that left out seats which were alive.
    function contestedLeases(uint256 setId) external view returns (uint256);

    /// @notice G: epochs between `includeBy` and the start of a change.
    function CHANGE_DELAY() external view returns (uint64);

    /// @notice Term of a lease in epochs.
    function LEASE_TERM() external view returns (uint64);
}
