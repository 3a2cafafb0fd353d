// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IWithdrawalVault} from "../interfaces/IWithdrawalVault.sol";
import {Wiring} from "../interfaces/Wiring.sol";

/// @title ExecutionRequests
/// @dev The part of the vault that calls the predeploys of EIP-7002 and EIP-7251: they know a validator's owner by the
/// caller's address, so only the vault can. When a request may be made is decided in ValidatorExits.
abstract contract ExecutionRequests is IWithdrawalVault {
    address private constant WITHDRAWALS = 0x00000961Ef480Eb55e80D19ad83579A64c007002;
    address private constant CONSOLIDATIONS = 0x0000BBdDc7CE488642fb579F8B00f3a590007251;
    uint256 private constant PUBKEY_LENGTH = 48;

    /// @dev Fees are 1 wei unless somebody fills the queue to raise them. *Because* of that the vault's part is
    /// capped: it is the holders' ETH.
    uint256 private constant MAX_VAULT_PART_WEI = 0.01 ether;

    address public immutable EXITS;

    modifier onlyExits() {
        if (msg.sender != EXITS) revert Unauthorized(msg.sender);
        _;
    }

    constructor(Wiring memory w) {
        EXITS = w.exits;
    }

    /// @inheritdoc IWithdrawalVault
    function requestWithdrawal(bytes calldata pubkey, uint64 amountGwei) external payable onlyExits {
        _requirePubkey(pubkey);
        _request(WITHDRAWALS, abi.encodePacked(pubkey, amountGwei));
    }

    /// @inheritdoc IWithdrawalVault
    function requestConsolidation(bytes calldata source, bytes calldata target) external payable onlyExits {
        _requirePubkey(source);
        _requirePubkey(target);
        _request(CONSOLIDATIONS, abi.encodePacked(source, target));
    }

    /// @inheritdoc IWithdrawalVault
    function withdrawalFee() external view returns (uint256) {
        return _fee(WITHDRAWALS);
    }

    /// @inheritdoc IWithdrawalVault
    function consolidationFee() external view returns (uint256) {
        return _fee(CONSOLIDATIONS);
    }

    function _request(address predeploy, bytes memory data) private {
        uint256 feeWei = _fee(predeploy);
        uint256 ownWei = address(this).balance - msg.value;
        uint256 dueWei = feeWei - Math.min(Math.min(feeWei, MAX_VAULT_PART_WEI), ownWei);
        if (msg.value < dueWei) revert FeeNotCovered(dueWei, msg.value);
        (bool success, ) = predeploy.call{value: feeWei}(data);
        if (!success) revert PredeployFailed(predeploy);
        if (msg.value > dueWei) Address.sendValue(payable(msg.sender), msg.value - dueWei);
    }

    function _fee(address predeploy) private view returns (uint256) {
        if (predeploy.code.length == 0) revert PredeployMissing(predeploy);
        (bool success, bytes memory output) = predeploy.staticcall("");
        if (!success || output.length != 32) revert PredeployFailed(predeploy);
        return uint256(bytes32(output));
    }

    function _requirePubkey(bytes calldata pubkey) private pure {
        if (pubkey.length != PUBKEY_LENGTH) revert InvalidPubkeyLength(pubkey.length);
    }
}
