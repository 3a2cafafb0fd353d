// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {INodeKeys} from "../../interfaces/INodeKeys.sol";
import {RecentBlocks} from "../../libraries/RecentBlocks.sol";
import {RegistryLedger} from "./RegistryLedger.sol";

/// @title NodeKeys
abstract contract NodeKeys is RegistryLedger, EIP712 {
    bytes32 private constant NODE_KEY_PROOF_TYPEHASH = keccak256(
        "NodeKeyProof(address owner,address nodeKey,address payout)"
    );
    bytes32 private constant NODE_KEY_ROTATION_TYPEHASH = keccak256(
        "NodeKeyRotation(uint256 operatorId,address nodeKey)"
    );
    bytes32 private constant NEW_INSTANCE_TYPEHASH = keccak256(
        "NewInstance(uint256 operatorId,uint64 instance,uint256 blockNumber,bytes32 blockHash)"
    );
    uint256 private constant NODE_PUBLIC_KEY_LENGTH = 64;

    /// @inheritdoc INodeKeys
    mapping(address nodeKey => uint256) public operatorIdOf;

    /// @inheritdoc INodeKeys
    mapping(uint256 operatorId => uint64) public instanceOf;

    constructor() EIP712("Septet", "1") {}

    /// @inheritdoc INodeKeys
    function rotateNodeKey(
        uint256 operatorId,
        bytes calldata nodePublicKey,
        bytes calldata proofOfPossession
    ) external onlyOwner(operatorId) {
        address nodeKey = _freshNodeKey(nodePublicKey);
        bytes32 structHash = keccak256(abi.encode(NODE_KEY_ROTATION_TYPEHASH, operatorId, nodeKey));
        _requirePossession(nodeKey, structHash, proofOfPossession);
        operatorIdOf[nodeKey] = operatorId;
        _operators[operatorId].nodeKey = nodeKey;
        emit NodeKeyRotated(operatorId, nodeKey, nodePublicKey);
    }

    /// @inheritdoc INodeKeys
    function newInstance(
        uint256 operatorId,
        uint64 instance,
        uint256 blockNumber,
        bytes32 blockHash,
        bytes calldata signature
    ) external {
        uint64 next = instanceOf[operatorId] + 1;
        if (instance != next) revert WrongInstance(operatorId, instance, next);
        RecentBlocks.requireRecent(blockNumber, blockHash);
        address nodeKey = operator(operatorId).nodeKey;
        bytes32 structHash = keccak256(abi.encode(NEW_INSTANCE_TYPEHASH, operatorId, instance, blockNumber, blockHash));
        (address recovered, , ) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), signature);
        if (recovered != nodeKey) revert InvalidInstanceSignature(nodeKey, recovered);
        instanceOf[operatorId] = instance;
        emit InstanceStarted(operatorId, instance);
    }

    /// @inheritdoc INodeKeys
    function nodeKeysOf(uint256[7] calldata operatorIds) external view returns (address[7] memory nodeKeys) {
        for (uint256 i = 0; i < operatorIds.length; i++) {
            _requireOperator(operatorIds[i]);
            nodeKeys[i] = _operators[operatorIds[i]].nodeKey;
        }
    }

    function _requireRegistrationProof(address nodeKey, address payout, bytes calldata proof) internal view {
        bytes32 structHash = keccak256(abi.encode(NODE_KEY_PROOF_TYPEHASH, msg.sender, nodeKey, payout));
        _requirePossession(nodeKey, structHash, proof);
    }

    /// @dev Address of a key that nobody ever used. That the bytes are a point of the curve needs no check: a signature
    /// recovers to its hash.
    function _freshNodeKey(bytes calldata nodePublicKey) internal view returns (address nodeKey) {
        if (nodePublicKey.length != NODE_PUBLIC_KEY_LENGTH) revert InvalidNodePublicKey(nodePublicKey.length);
        nodeKey = address(uint160(uint256(keccak256(nodePublicKey))));
        if (operatorIdOf[nodeKey] != 0) revert NodeKeyTaken(nodeKey, operatorIdOf[nodeKey]);
    }

    function _requirePossession(address nodeKey, bytes32 structHash, bytes calldata proof) private view {
        (address recovered, , ) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), proof);
        if (recovered != nodeKey) revert InvalidProofOfPossession(nodeKey, recovered);
    }
}
