// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBeaconVerifier} from "./IBeaconVerifier.sol";
import {Epoch, Gwei, Slot} from "../libraries/Units.sol";

/// @title ValidatorManager
/// @notice Takes a validator from a key request to an active validator: request → seven operators make a key → the key is
/// verified here → 1 ETH predeposit → proof that the key exists with our credentials → top-up → active. Every step may be
/// called by anyone; nobody is trusted.
/// @dev No principal is ever at risk but the 1 ETH of a predeposit, and that is reserved from the operators' bonds.
interface IValidatorManager {
    /// @notice Life of a validator, forward only. Steps after Active come with reports, exits and slashings.
    enum ValidatorState {
        None,
        KeyVerified,
        Predeposited,
        Proven,
        Active,
        Exiting,
        Withdrawn,
        Foreign,
        Slashed
    }

    enum RequestState {
        None,
        Open,
        Completed,
        Expired
    }

    /// @param sentGwei Sum of all deposits made for the key.
    /// @param predepositTimestamp Unix time of the predeposit's block; 0 before.
    /// @param validatorIndex Index on the beacon chain; 0 before Proven.
    /// @param reservedShares Pool shares reserved *per seat* for the predeposit; 0 when none is under way.
    /// @param depositDataRoot Guards the predeposit's signature; 0 once the predeposit is made.
    /// @param pointsHash keccak256 of the submitted points: group key and seven share keys.
    struct Validator {
        ValidatorState state;
        uint256 setId;
        Gwei sentGwei;
        uint64 predepositTimestamp;
        uint64 validatorIndex;
        uint256 reservedShares;
        bytes32 depositDataRoot;
        bytes32 pointsHash;
    }

    /// @param deadline Unix time in seconds of the last block that may take the keys.
    struct KeyRequest {
        RequestState state;
        uint256 setId;
        uint64 configuration;
        uint32 keyCount;
        uint64 deadline;
    }

    /// @notice One key made by a ceremony.
    /// @param points Eight G1 points in EIP-2537 encoding (128 bytes each): the group key, then the share keys of seats 1–7.
    /// @param depositSignature G2 point in EIP-2537 encoding (256 bytes): the group's signature of the 1-ETH deposit message
    /// for our credentials.
    /// @param encryptedShares Seven times 48 bytes: each seat's share encrypted to itself. Opaque here.
    struct KeySubmission {
        bytes points;
        bytes depositSignature;
        bytes encryptedShares;
    }

    event KeysRequested(
        uint256 indexed requestId,
        uint256 indexed setId,
        uint64 configuration,
        uint32 keyCount,
        uint64 deadline
    );
    event RequestExpired(uint256 indexed requestId, uint256 indexed setId, uint64 skippedUntil);

    /// @notice `validatorId` is the SSZ root of the public key: sha256(pubkey ‖ 16 zero bytes).
    event KeyVerified(
        bytes32 indexed validatorId,
        uint256 indexed requestId,
        uint256 indexed setId,
        uint32 attempt,
        bytes32 transcriptHash,
        bytes pubkey,
        bytes depositSignature,
        bytes points,
        bytes encryptedShares
    );
    event Predeposited(bytes32 indexed validatorId, uint64 timestamp);
    event CredentialsProven(bytes32 indexed validatorId, uint64 validatorIndex);
    event ToppedUp(bytes32 indexed validatorId, uint256 amountWei);
    event Activated(bytes32 indexed validatorId, Epoch activationEpoch);

    error Unauthorized(address caller);
    error InvalidParameter(string name, uint256 value);

    // Requests
    error InvalidKeyCount(uint256 keyCount, uint256 maximum);

    /// @notice A set makes keys for one request at a time.
    error RequestAlreadyOpen(uint256 setId, uint256 requestId);

    /// @notice The set let a request expire and is left out until then.
    error SetSkipped(uint256 setId, uint64 until);

    /// @notice The pool has no ETH for more keys, and the set has its spare ones. *Because* a ceremony costs seven operators
    /// work: only demand, or two keys ahead of it, may cause one.
    error NoDemand(uint256 setId, uint256 committedWei, uint256 unallocatedWei);
    error RequestNotOpen(uint256 requestId, RequestState state);
    error RequestPastDeadline(uint256 requestId, uint64 deadline);
    error RequestBeforeDeadline(uint256 requestId, uint64 deadline);

    // Keys
    error WrongKeyCount(uint256 keyCount, uint256 expected);
    error WrongAcknowledgementCount(uint256 count, uint256 expected);

    /// @notice The acknowledgement at this seat's place was not signed by that seat's node key over this submission.
    error InvalidAcknowledgement(uint256 seat, address nodeKey, address recovered);
    error InvalidEncryptedSharesLength(uint256 length, uint256 expected);

    /// @notice Public keys are unique for ever.
    error KeyAlreadyKnown(bytes32 validatorId);

    // Deposits and proofs
    error WrongState(bytes32 validatorId, ValidatorState actual, ValidatorState expected);

    /// @notice The signature is not the one that was verified with the key.
    error DepositSignatureMismatch(bytes32 depositDataRoot, bytes32 expected);

    /// @notice The proof is about another public key.
    error PubkeyMismatch(bytes32 validatorId, bytes32 pubkeyRoot);

    /// @notice The key exists with credentials that are not ours.
    error WithdrawalCredentialsMismatch(bytes32 expected, bytes32 actual);
    error ProofTooOld(Slot slot, Slot minimumSlot);
    error ValidatorIsSlashed(bytes32 validatorId);
    error ValidatorIsExiting(bytes32 validatorId, Epoch exitEpoch);

    /// @notice A top-up is possible and would not be after this predeposit: ETH goes to proven keys before new ones.
    error TopUpFirst(uint256 provenKeyCount, uint256 unallocatedWei);
    error AlreadyToppedUp(bytes32 validatorId);
    error NotToppedUp(bytes32 validatorId);
    error NotActive(bytes32 validatorId, Epoch activationEpoch, Epoch proofEpoch);

    /// @notice Asks a set for new keys. Anyone may, when the set is next by stake per capacity, has no open request, and
    /// the pool has ETH for the keys that no other key is meant to get (or the set has fewer than two spare keys).
    /// @param keyCount 1 to 20.
    function requestKeys(uint256 setId, uint32 keyCount) external returns (uint256 requestId);

    /// @notice Closes a request after its deadline and leaves the set out for one DAY. Anyone may.
    function expireRequest(uint256 requestId) external;

    /// @notice Delivers all keys of a request under one transcript. Anyone may. Checks of each key: the share keys and the
    /// group key (= 720·P(0)) lie on one polynomial of degree 3, no point is infinity or encoded in two ways, no two share
    /// keys are equal, the deposit signature holds, the key is new. Checks of the whole: all seven seats acknowledged it.
    /// Errors of the points come from the BLS12381 library.
    /// @param attempt Number of the ceremony's attempt that succeeded.
    /// @param transcriptHash keccak256 of the ceremony's transcript; only acknowledged here, not interpreted.
    /// @param acknowledgements One per seat in the order of seats: EIP-712 `KeyAcknowledgement(uint256 requestId,uint256
    /// setId,uint32 attempt,bytes32 transcriptHash,bytes32 keysHash,bytes32 encryptedSharesHash)`, domain ("Septet", "1",
    /// chain, this contract), signed by the seat's node key. keysHash = keccak256(keccak256(points) of each key in turn),
    /// encryptedSharesHash = keccak256(keccak256(encryptedShares) of each key in turn).
    function submitKeys(
        uint256 requestId,
        uint32 attempt,
        bytes32 transcriptHash,
        KeySubmission[] calldata keys,
        bytes[] calldata acknowledgements
    ) external;

    /// @notice Deposits the pool's 1 ETH for a verified key and reserves 1.1 ETH of the seven bonds, in equal parts and in
    /// shares at the present rate plus 5 %, until the key is proven. Anyone may, unless it takes the ETH of a top-up that
    /// is possible now.
    /// @param pubkey 48 bytes, compressed. @param depositSignature 96 bytes, compressed; must be the verified one.
    function predeposit(bytes calldata pubkey, bytes calldata depositSignature) external;

    /// @notice Shows that the predeposited key exists with our credentials, later than the predeposit. Anyone may.
    /// Activation epochs are free, *because* a stranger's top-up would otherwise brick the key.
    function proveCredentials(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;

    /// @notice Deposits what a proven key lacks to the target balance, all at once. Anyone may, when the pool has it.
    /// @param pubkey 48 bytes, compressed: only its root is kept here.
    function topUp(bytes calldata pubkey) external;

    /// @notice Shows that a topped-up key is active. Anyone may.
    function recordActivation(
        bytes32 validatorId,
        IBeaconVerifier.Anchor calldata anchor,
        IBeaconVerifier.ValidatorProof calldata proof
    ) external;

    /// @notice Reads a validator; state None for an unknown one.
    function validator(bytes32 validatorId) external view returns (Validator memory);
    function request(uint256 requestId) external view returns (KeyRequest memory);
    function requestCount() external view returns (uint256);

    /// @notice Number of the set's open request, 0 for none.
    function openRequestOf(uint256 setId) external view returns (uint256 requestId);

    /// @notice Unix time until which the set gets no request.
    function skippedUntil(uint256 setId) external view returns (uint64);

    /// @notice Keys of the set that are requested, verified, predeposited or proven, and not topped up yet.
    function pendingKeyCount(uint256 setId) external view returns (uint256);

    /// @notice Wei that all pending keys still need from the pool.
    function committedWei() external view returns (uint256);

    /// @notice Keys that are proven and not topped up yet.
    function provenKeyCount() external view returns (uint256);

    /// @notice Whether `requestKeys` would accept this request now.
    function canRequestKeys(uint256 setId, uint32 keyCount) external view returns (bool);

    /// @notice What `topUp` would deposit now: the rest to the target, or 0 when it would revert.
    function topUpAmountWei(bytes32 validatorId) external view returns (uint256);

    /// @notice Credentials every key must have: those of WithdrawalVault.
    function withdrawalCredentials() external view returns (bytes32);

    /// @notice Length of all durations in seconds: 86,400, less on a devnet.
    function DAY() external view returns (uint64);

    /// @notice Seconds that a set has to deliver requested keys.
    function REQUEST_LIFETIME() external view returns (uint64);

    /// @notice Balance each key is brought to, in wei: 32 to 2,046 ETH.
    function TARGET_BALANCE_WEI() external view returns (uint256);
}
