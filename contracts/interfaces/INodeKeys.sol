// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title NodeKeys
/// @notice Node keys and running instances of operators. Part of OperatorRegistry.
interface INodeKeys {
    /// @notice The operator's messages are signed by this key from now on. The old key stays the operator's for ever, so
    /// that what it signed convicts. Nodes take the new key when this event is final.
    event NodeKeyRotated(uint256 indexed operatorId, address indexed nodeKey, bytes nodePublicKey);

    /// @notice Messages of lower instances are dropped once this event is final.
    event InstanceStarted(uint256 indexed operatorId, uint64 instance);

    error InvalidNodePublicKey(uint256 length);

    /// @notice Node keys are unique for ever, because a key names one operator in evidence.
    error NodeKeyTaken(address nodeKey, uint256 operatorId);

    /// @notice The proof was not signed by the node key over what it must.
    error InvalidProofOfPossession(address nodeKey, address recovered);

    /// @notice Instance counters rise by one: each signature works once.
    error WrongInstance(uint256 operatorId, uint64 instance, uint64 expected);

    /// @notice The statement was not signed by the operator's present node key.
    error InvalidInstanceSignature(address nodeKey, address recovered);

    /// @notice Replaces the node key. Only the owner.
    /// @param nodePublicKey Uncompressed, x ‖ y, 64 bytes; never used before by anyone.
    /// @param proofOfPossession EIP-712 `NodeKeyRotation(uint256 operatorId,address nodeKey)`, domain ("Septet", "1", chain,
    /// OperatorRegistry), signed by the new key.
    function rotateNodeKey(uint256 operatorId, bytes calldata nodePublicKey, bytes calldata proofOfPossession) external;

    /// @notice Starts the operator's next instance, after a recovery or a move to another machine. Anyone may send it.
    /// @param instance `instanceOf` plus one.
    /// @param blockNumber Number of a block that the signer holds for final, at most 8,191 blocks old.
    /// @param blockHash Its hash: the statement counts on this chain and for a day only.
    /// @param signature EIP-712 `NewInstance(uint256 operatorId,uint64 instance,uint256 blockNumber,bytes32 blockHash)`,
    /// same domain, signed by the present node key.
    function newInstance(
        uint256 operatorId,
        uint64 instance,
        uint256 blockNumber,
        bytes32 blockHash,
        bytes calldata signature
    ) external;

    /// @notice Owner of every node key ever used, present or past; 0 for a key that was never registered.
    function operatorIdOf(address nodeKey) external view returns (uint256 operatorId);

    /// @notice The running instance; the first is 0.
    function instanceOf(uint256 operatorId) external view returns (uint64);

    /// @notice Present node keys in the order asked for.
    function nodeKeysOf(uint256[7] calldata operatorIds) external view returns (address[7] memory nodeKeys);
}
