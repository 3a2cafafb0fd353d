// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// @title OperatorRegistry
/// @notice Permissionless registration of operators, their node keys and their bonds. A bond is held in pool shares: it
/// is never idle, and burning it compensates the depositors.
/// @dev There is no way to take a bond out yet. It comes with the cooldown and the generation locks that make leaving
/// safe (a former member's share of a key stays dangerous until that key is retired).
interface IOperatorRegistry {
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

    /// @notice `shares` of the pool were added to the operator's bond.
    event Bonded(uint256 indexed operatorId, uint256 shares);

    /// @notice `sharesPerSeat` of each operator's bond now cover the loss of a predeposit.
    event BondReserved(uint256[7] operatorIds, uint256 sharesPerSeat);
    event BondReleased(uint256[7] operatorIds, uint256 sharesPerSeat);

    error Unauthorized(address caller);
    error OperatorNotFound(uint256 operatorId);
    error InvalidNodePublicKey(uint256 length);

    /// @notice Node keys are unique for ever, because a key names one operator in evidence.
    error NodeKeyTaken(address nodeKey, uint256 operatorId);

    /// @notice The proof was not signed by the node key over (caller, node key, payout).
    error InvalidProofOfPossession(address nodeKey, address recovered);
    error TextTooLong(uint256 length, uint256 maximum);
    error ZeroAddress();
    error ZeroAmount();

    /// @notice The operator's bond has no room for the reserve of one more predeposit.
    error InsufficientBond(uint256 operatorId, uint256 requiredShares, uint256 bondShares);

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

    /// @notice Changes the receiver of fees. Only the owner.
    function setPayout(uint256 operatorId, address payout) external;

    /// @notice Takes `shares` by transferFrom and adds them to the operator's bond. Anyone may add to any bond.
    function bond(uint256 operatorId, uint256 shares) external;

    /// @notice Stakes the ETH sent through the pool and adds the shares to the operator's bond.
    /// @return shares Shares added.
    function bondEther(uint256 operatorId) external payable returns (uint256 shares);

    /// @notice Reserves `sharesPerSeat` of the bond of each of the seven operators for the loss of a predeposit. The part
    /// of the bond that covers stake stays untouched; the seats' base is used first. Only ValidatorManager.
    function reserve(uint256[7] calldata operatorIds, uint256 sharesPerSeat) external;

    /// @notice Undoes a reserve after the predeposit was proven. Only ValidatorManager.
    function release(uint256[7] calldata operatorIds, uint256 sharesPerSeat) external;

    /// @notice Reverts with OperatorNotFound for a number never given.
    function operator(uint256 operatorId) external view returns (Operator memory);

    /// @notice 0 for a key that is not registered.
    function operatorIdOf(address nodeKey) external view returns (uint256 operatorId);

    /// @notice Node keys in the order asked for.
    function nodeKeysOf(uint256[7] calldata operatorIds) external view returns (address[7] memory nodeKeys);
    function operatorCount() external view returns (uint256);

    /// @notice Bonded pool shares.
    function bondOf(uint256 operatorId) external view returns (uint256 shares);

    /// @notice Part of the bond that covers predeposits under way.
    function reservedOf(uint256 operatorId) external view returns (uint256 shares);

    /// @notice Part of the bond that no seat, stake or predeposit holds.
    function freeBondOf(uint256 operatorId) external view returns (uint256 shares);
}
