// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {INodeKeys} from "./INodeKeys.sol";
import {IOperatorBonds} from "./IOperatorBonds.sol";

/// @title OperatorRegistry
/// @notice Permissionless registration of operators, their node keys and their bonds.
interface IOperatorRegistry is INodeKeys, IOperatorBonds {
    /// @notice What an operator states when it registers.
    /// @param nodePublicKey Uncompressed secp256k1 key without prefix, x ‖ y, 64 bytes: libp2p identity and message signer.
    /// @param payout Receiver of fees.
    /// @param multiaddrs Comma-separated libp2p addresses, at most 512 bytes.
    /// @param uri Where people find the operator, at most 256 bytes. Untrusted text.
    struct Registration {
        bytes nodePublicKey;
        address payout;
        string multiaddrs;
        string uri;
    }

    /// @param owner The account that registered the operator and may change its settings.
    /// @param nodeKey Address of the node key: last 20 bytes of keccak256(nodePublicKey).
    /// @param payout Receiver of fees.
    struct Operator {
        address owner;
        address nodeKey;
        address payout;
    }

    event OperatorRegistered(
        uint256 indexed operatorId,
        address indexed owner,
        address indexed nodeKey,
        bytes nodePublicKey,
        address payout,
        string multiaddrs,
        string uri
    );
    event MultiaddrsChanged(uint256 indexed operatorId, string multiaddrs);
    event PayoutChanged(uint256 indexed operatorId, address payout);
    event UriChanged(uint256 indexed operatorId, string uri);

    error Unauthorized(address caller);
    error OperatorNotFound(uint256 operatorId);
    error TextTooLong(uint256 length, uint256 maximum);
    error ZeroAddress();

    /// @notice Registers the caller as owner of a new operator; numbers start at 1.
    /// @param proofOfPossession EIP-712 `NodeKeyProof(address owner,address nodeKey,address payout)`, domain ("Septet", "1",
    /// chain, this contract), signed by the node key: 65 bytes, low s. *Because* without it anyone could register a node
    /// key seen on the network and keep its holder out.
    function register(
        Registration calldata registration,
        bytes calldata proofOfPossession
    ) external returns (uint256 operatorId);

    /// @notice Publishes new addresses of the node. Only the owner.
    function setMultiaddrs(uint256 operatorId, string calldata multiaddrs) external;

    /// @notice Publishes a new page of the operator. Only the owner.
    function setUri(uint256 operatorId, string calldata uri) external;

    /// @notice Changes the receiver of fees. Only the owner.
    function setPayout(uint256 operatorId, address payout) external;

    /// @notice Reverts with OperatorNotFound for a number never given.
    function operator(uint256 operatorId) external view returns (Operator memory);
    function operatorCount() external view returns (uint256);
}
