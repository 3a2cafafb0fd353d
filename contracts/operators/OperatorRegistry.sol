// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IOperatorRegistry} from "../interfaces/IOperatorRegistry.sol";
import {IOperatorSets} from "../interfaces/IOperatorSets.sol";
import {IStakingPool} from "../interfaces/IStakingPool.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title OperatorRegistry
contract OperatorRegistry is IOperatorRegistry, EIP712 {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    struct Bond {
        uint128 shares;
        uint128 reservedShares;
    }

    bytes32 private constant NODE_KEY_PROOF_TYPEHASH = keccak256(
        "NodeKeyProof(address owner,address nodeKey,address payout)"
    );
    uint256 private constant NODE_PUBLIC_KEY_LENGTH = 64;
    uint256 private constant MAX_MULTIADDRS_LENGTH = 512;
    uint256 private constant MAX_URI_LENGTH = 256;

    IStakingPool public immutable POOL;
    IOperatorSets public immutable SETS;
    address public immutable VALIDATOR_MANAGER;

    uint256 public operatorCount;
    mapping(address nodeKey => uint256) public operatorIdOf;
    mapping(uint256 operatorId => Operator) private _operators;
    mapping(uint256 operatorId => Bond) private _bonds;

    modifier onlyOwner(uint256 operatorId) {
        if (msg.sender != operator(operatorId).owner) revert Unauthorized(msg.sender);
        _;
    }

    modifier onlyValidatorManager() {
        if (msg.sender != VALIDATOR_MANAGER) revert Unauthorized(msg.sender);
        _;
    }

    constructor(Wiring memory w) EIP712("Septet", "1") {
        POOL = IStakingPool(w.pool);
        SETS = IOperatorSets(w.sets);
        VALIDATOR_MANAGER = w.manager;
    }

    /// @inheritdoc IOperatorRegistry
    function register(
        Registration calldata registration,
        bytes calldata proofOfPossession
    ) external returns (uint256 operatorId) {
        _requireText(registration.multiaddrs, MAX_MULTIADDRS_LENGTH);
        _requireText(registration.uri, MAX_URI_LENGTH);
        if (registration.payout == address(0)) revert ZeroAddress();
        address nodeKey = _nodeKeyAddress(registration.nodePublicKey);
        if (operatorIdOf[nodeKey] != 0) revert NodeKeyTaken(nodeKey, operatorIdOf[nodeKey]);
        _requirePossession(nodeKey, registration.payout, proofOfPossession);

        operatorId = ++operatorCount;
        operatorIdOf[nodeKey] = operatorId;
        _operators[operatorId] = Operator(msg.sender, nodeKey, registration.payout);
        emit OperatorRegistered(
            operatorId,
            msg.sender,
            nodeKey,
            registration.nodePublicKey,
            registration.payout,
            registration.multiaddrs,
            registration.uri
        );
    }

    /// @inheritdoc IOperatorRegistry
    function setMultiaddrs(uint256 operatorId, string calldata multiaddrs) external onlyOwner(operatorId) {
        _requireText(multiaddrs, MAX_MULTIADDRS_LENGTH);
        emit MultiaddrsChanged(operatorId, multiaddrs);
    }

    /// @inheritdoc IOperatorRegistry
    function setPayout(uint256 operatorId, address payout) external onlyOwner(operatorId) {
        if (payout == address(0)) revert ZeroAddress();
        _operators[operatorId].payout = payout;
        emit PayoutChanged(operatorId, payout);
    }

    /// @inheritdoc IOperatorRegistry
    function bond(uint256 operatorId, uint256 shares) external {
        if (shares == 0) revert ZeroAmount();
        _addBond(operatorId, shares);
        IERC20(address(POOL)).safeTransferFrom(msg.sender, address(this), shares);
    }

    /// @inheritdoc IOperatorRegistry
    function bondEther(uint256 operatorId) external payable returns (uint256 shares) {
        shares = POOL.deposit{value: msg.value}(msg.value, address(this));
        _addBond(operatorId, shares);
    }

    /// @inheritdoc IOperatorRegistry
    function reserve(uint256[7] calldata operatorIds, uint256 sharesPerSeat) external onlyValidatorManager {
        for (uint256 i = 0; i < operatorIds.length; i++) {
            Bond storage held = _bonds[operatorIds[i]];
            uint256 reserved = held.reservedShares + sharesPerSeat;
            _requireRoom(operatorIds[i], held.shares, reserved);
            held.reservedShares = reserved.toUint128();
        }
        emit BondReserved(operatorIds, sharesPerSeat);
    }

    /// @inheritdoc IOperatorRegistry
    function release(uint256[7] calldata operatorIds, uint256 sharesPerSeat) external onlyValidatorManager {
        for (uint256 i = 0; i < operatorIds.length; i++) {
            Bond storage held = _bonds[operatorIds[i]];
            held.reservedShares -= sharesPerSeat.toUint128();
        }
        emit BondReleased(operatorIds, sharesPerSeat);
    }

    /// @inheritdoc IOperatorRegistry
    function operator(uint256 operatorId) public view returns (Operator memory) {
        _requireOperator(operatorId);
        return _operators[operatorId];
    }

    /// @inheritdoc IOperatorRegistry
    function nodeKeysOf(uint256[7] calldata operatorIds) external view returns (address[7] memory nodeKeys) {
        for (uint256 i = 0; i < operatorIds.length; i++) {
            _requireOperator(operatorIds[i]);
            nodeKeys[i] = _operators[operatorIds[i]].nodeKey;
        }
    }

    /// @inheritdoc IOperatorRegistry
    function bondOf(uint256 operatorId) external view returns (uint256) {
        return _bonds[operatorId].shares;
    }

    /// @inheritdoc IOperatorRegistry
    function reservedOf(uint256 operatorId) external view returns (uint256) {
        return _bonds[operatorId].reservedShares;
    }

    /// @inheritdoc IOperatorRegistry
    function freeBondOf(uint256 operatorId) external view returns (uint256) {
        Bond memory held = _bonds[operatorId];
        uint256 stakePartWei = SETS.stakeBondWei(operatorId);
        uint256 baseWei = SETS.requiredBondWei(operatorId) - stakePartWei;
        // Predeposits use the seats' base first, so the larger of the two is held.
        uint256 locked = _sharesCovering(stakePartWei) + Math.max(_sharesCovering(baseWei), held.reservedShares);
        return Math.saturatingSub(held.shares, locked);
    }

    function _addBond(uint256 operatorId, uint256 shares) private {
        _requireOperator(operatorId);
        _bonds[operatorId].shares += shares.toUint128();
        emit Bonded(operatorId, shares);
    }

    /// @dev What is left beside the reserve must still cover the stake: a predeposit may eat the base, not that.
    function _requireRoom(uint256 operatorId, uint256 shares, uint256 reserved) private view {
        uint256 stakePartWei = SETS.stakeBondWei(operatorId);
        if (reserved > shares || POOL.convertToAssets(shares - reserved) < stakePartWei) {
            revert InsufficientBond(operatorId, reserved + _sharesCovering(stakePartWei), shares);
        }
    }

    /// @dev Rounded up; one share more than needed at most.
    function _sharesCovering(uint256 amountWei) private view returns (uint256) {
        return amountWei == 0 ? 0 : POOL.convertToShares(amountWei) + 1;
    }

    function _requireOperator(uint256 operatorId) private view {
        if (operatorId == 0 || operatorId > operatorCount) revert OperatorNotFound(operatorId);
    }

    function _requirePossession(address nodeKey, address payout, bytes calldata proof) private view {
        bytes32 structHash = keccak256(abi.encode(NODE_KEY_PROOF_TYPEHASH, msg.sender, nodeKey, payout));
        (address recovered, , ) = ECDSA.tryRecoverCalldata(_hashTypedDataV4(structHash), proof);
        if (recovered != nodeKey) revert InvalidProofOfPossession(nodeKey, recovered);
    }

    /// @dev That the bytes are a point of the curve needs no check: a signature recovers to its hash.
    function _nodeKeyAddress(bytes calldata nodePublicKey) private pure returns (address) {
        if (nodePublicKey.length != NODE_PUBLIC_KEY_LENGTH) revert InvalidNodePublicKey(nodePublicKey.length);
        return address(uint160(uint256(keccak256(nodePublicKey))));
    }

    function _requireText(string calldata text, uint256 maximum) private pure {
        if (bytes(text).length > maximum) revert TextTooLong(bytes(text).length, maximum);
    }
}
