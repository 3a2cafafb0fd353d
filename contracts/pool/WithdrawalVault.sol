// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {IWithdrawalVault} from "../interfaces/IWithdrawalVault.sol";
import {Wiring} from "../interfaces/Wiring.sol";
import {ExecutionRequests} from "../validators/ExecutionRequests.sol";

/// @title WithdrawalVault
contract WithdrawalVault is ExecutionRequests {
    bytes32 private constant COMPOUNDING_PREFIX = bytes32(uint256(0x02) << 248);

    address public immutable POOL;

    constructor(Wiring memory w) ExecutionRequests(w) {
        POOL = w.pool;
    }

    /// @dev Empty, because builders pay by plain transfer with little gas; what came in is counted by its balance.
    receive() external payable {}

    /// @inheritdoc IWithdrawalVault
    function sweep() external returns (uint256 amountWei) {
        if (msg.sender != POOL) revert Unauthorized(msg.sender);
        amountWei = address(this).balance;
        if (amountWei == 0) return 0;
        emit Swept(amountWei);
        Address.sendValue(payable(POOL), amountWei);
    }

    /// @inheritdoc IWithdrawalVault
    function withdrawalCredentials() external view returns (bytes32) {
        return COMPOUNDING_PREFIX | bytes32(uint256(uint160(address(this))));
    }
}
