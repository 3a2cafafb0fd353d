// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title KeySubmissions
/// @notice Takes the keys that a ceremony made. Part of ValidatorManager.
interface IKeySubmissions {
    /// @notice One key made by a ceremony.
    /// @param points Eight G1 points in EIP-2537 encoding (128 bytes each): the group key, then the share keys of
    /// seats 1–7.
    /// @param depositSignature G2 point in EIP-2537 encoding (256 bytes): the group's signature of the 1-ETH deposit
    /// message for our credentials.
    /// @param encryptedShares Seven times 48 bytes: each seat's share encrypted to itself. Opaque here.
    struct KeySubmission {
        bytes points;
        bytes depositSignature;
        bytes encryptedShares;
    }

    /// @notice What a seat signs when it holds its shares and can recover them; see `submitKeys`.
    struct Acknowledgement {
        uint32 attempt;
        bytes32 transcriptHash;
        bytes32 keysHash;
        bytes32 encryptedSharesHash;
    }

    /// @notice These seats (bit = seat − 1) acknowledged the keys of an attempt that was not delivered yet.
    event AcknowledgementsRecorded(uint256 indexed requestId, uint256 indexed setId, uint32 attempt, uint8 seats);

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

    error WrongKeyCount(uint256 keyCount, uint256 expected);
    error WrongAcknowledgementCount(uint256 count, uint256 expected);

    /// @notice The acknowledgement at this seat's place was not signed by that seat's node key over this submission.
    error InvalidAcknowledgement(uint256 seat, address nodeKey, address recovered);
    error InvalidEncryptedSharesLength(uint256 length, uint256 expected);

    /// @notice Public keys are unique for ever.
    error KeyAlreadyKnown(bytes32 validatorId);

    /// @notice Records which seats acknowledged an attempt of a request that nobody has expired yet, so that its expiry
    /// names the others. *Because* acknowledgements reach the chain with the keys only, and there are none when a ceremony
    /// fails. Anyone may; nothing but the two events follows from it.
    /// @param seats Bitmap, bit = seat − 1; no bit above seat 7.
    /// @param signatures One per seat of `seats` in the order of seats, as in `submitKeys`.
    function recordAcknowledgements(
        uint256 requestId,
        Acknowledgement calldata acknowledged,
        uint8 seats,
        bytes[] calldata signatures
    ) external;

    /// @notice Delivers all keys of a request under one transcript. Anyone may. Checks of each key: the share keys
    /// and the group key (= 720·P(0)) lie on one polynomial of degree 3, no point is infinity or encoded in two ways,
    /// no two share keys are equal, the deposit signature holds, the key is new. Checks of the whole: all seven seats
    /// acknowledged it. Errors of the points come from the BLS12381 library.
    /// @param attempt Number of the ceremony's attempt that succeeded.
    /// @param transcriptHash keccak256 of the ceremony's transcript; only acknowledged here, not interpreted.
    /// @param acknowledgements One per seat in the order of seats: EIP-712 `KeyAcknowledgement(uint256
    /// requestId,uint256 setId,uint32 attempt,bytes32 transcriptHash,bytes32 keysHash,bytes32 encryptedSharesHash)`,
    /// domain ("Septet", "1", chain, this contract), signed by the seat's node key. keysHash =
    /// keccak256(keccak256(points) of each key in turn), encryptedSharesHash = keccak256(keccak256(encryptedShares)
    /// of each key in turn).
    function submitKeys(
        uint256 requestId,
        uint32 attempt,
        bytes32 transcriptHash,
        KeySubmission[] calldata keys,
        bytes[] calldata acknowledgements
    ) external;
}
